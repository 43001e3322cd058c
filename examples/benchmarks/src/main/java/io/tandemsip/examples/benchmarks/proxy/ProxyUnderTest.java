package io.tandemsip.examples.benchmarks.proxy;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.jainsip.HaProxy;
import io.tandemsip.jainsip.HaProxyStack;
import io.tandemsip.jainsip.SipDoor;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import javax.sip.ListeningPoint;
import javax.sip.SipFactory;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.SipStack;

/** One proxy in a process of its own, until that is ended: {@code KIND PORT SERVER_PORT}. */
final class ProxyUnderTest {
    private static final Duration SHED_AFTER = Duration.ofMillis(250);

    private final int port;
    private final int serverPort;

    private ProxyUnderTest(int port, int serverPort) {
        this.port = port;
        this.serverPort = serverPort;
    }

    public static void main(String[] args) throws Exception {
        new ProxyUnderTest(Integer.parseInt(args[1]), Integer.parseInt(args[2])).begin(ProxyKind.of(args[0]));
        System.out.println("serving");
        new CountDownLatch(1).await();
    }

    private void begin(ProxyKind kind) throws Exception {
        Properties properties = HaProxyStack.properties("under-test");
        if (kind.stack() == ProxyKind.Stack.AS_IT_COMES) {
            properties.remove("gov.nist.javax.sip.MESSAGE_PARSER_FACTORY");
        }
        if (kind.stack() != ProxyKind.Stack.PARSER_AND_SOCKETS) {
            properties.remove("gov.nist.javax.sip.MESSAGE_PROCESSOR_FACTORY");
        }
        if (!kind.transactions()) {
            properties.setProperty("gov.nist.javax.sip.THREAD_POOL_SIZE", "1"); // more of them overtake each other
        }
        if (kind == ProxyKind.STATEFUL_DOOR3) {
            properties.setProperty("javax.sip.ROUTER_PATH", "io.tandemsip.jainsip.TandemRouter");
        }
        SipStack stack = SipFactory.getInstance().createSipStack(properties);
        SipProvider provider =
                stack.createSipProvider(stack.createListeningPoint("127.0.0.1", port, ListeningPoint.UDP));
        stack.start();
        switch (kind) {
            case HA_PROXY -> new HaProxy(provider, router()).start();
            case HA_PROXY_SHEDS ->
                HaProxy.builder(router())
                        .provider(provider)
                        .shedAfter(SHED_AFTER)
                        .build()
                        .start();
            case HA_PROXY_STACK ->
                HaProxy.builder(router())
                        .provider(provider)
                        .stackTransactions()
                        .build()
                        .start();
            case STATELESS, STATEFUL, STATEFUL_PARSER ->
                provider.addSipListener(bare(provider, kind, Optional.empty()));
            case STATELESS_DOOR2, STATEFUL_DOOR2, STATEFUL_DOOR2_PARSER, STATEFUL_DOOR2_SOCKETS ->
                provider.addSipListener(bare(provider, kind, Optional.of(door(provider))));
            case STATEFUL_DOOR3 -> {
                SipDoor door = door(provider);
                provider.addSipListener(bare(provider, kind, Optional.empty()));
                door.attachTo(stack);
            }
            case STATEFUL_DOOR4, STATEFUL_DOOR4_PARSER -> {
                SipDoor door = door(provider);
                provider.addSipListener(door.around(bare(provider, kind, Optional.empty())));
            }
            case KAMAILIO -> throw new IllegalArgumentException("kamailio is a process of its own");
        }
    }

    private SipListener bare(SipProvider provider, ProxyKind kind, Optional<SipDoor> door) throws Exception {
        return new BareProxy(provider, port, serverPort, kind.transactions(), door);
    }

    private static SipDoor door(SipProvider provider, HaRouter router) {
        return SipDoor.of(router, provider);
    }

    private SipDoor door(SipProvider provider) {
        return door(provider, router());
    }

    /** The probe has a socket of its own, so that it costs every kind the same. */
    private HaRouter router() {
        return Tandem.builder()
                .pool("media", pool -> pool.node("server", "sip:127.0.0.1:" + serverPort))
                .build()
                .start();
    }
}
