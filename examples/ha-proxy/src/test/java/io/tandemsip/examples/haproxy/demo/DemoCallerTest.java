package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DemoCallerTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    /** Calls that go to somebody who answers each INVITE so. */
    private DemoCaller calling(UdpPort proxy, BlockingQueue<String> failures) throws Exception {
        DemoCaller caller = new DemoCaller(proxy.port(), timer, System::nanoTime, life -> false, failures::add);
        caller.start(10);
        return caller;
    }

    private static UdpPort answering(String status) throws Exception {
        CompletableFuture<UdpPort> own = new CompletableFuture<>();
        UdpPort proxy = UdpPort.open("proxy", 0, (message, from) -> {
            if (message.method().equals("INVITE")) {
                own.join().send(UasMessages.response(message, status, "t"), from);
            }
        });
        own.complete(proxy);
        return proxy;
    }

    @Test
    void refusedCall_isToldOf_andBy() throws Exception {
        BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        try (UdpPort proxy = answering("503 Service Unavailable");
                DemoCaller caller = calling(proxy, failures)) {
            assertThat(failures.take())
                    .matches("call 1@demo, placed \\d+ ms ago, at no node yet, failed: "
                            + "INVITE: SIP/2.0 503 Service Unavailable");
            caller.stopPlacing();
        }
    }

    @Test
    void callThatIsNotOver_isToldOfWhenAsked() throws Exception {
        BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        CompletableFuture<Void> heard = new CompletableFuture<>();
        try (UdpPort proxy = UdpPort.open("proxy", 0, (message, from) -> heard.complete(null));
                DemoCaller caller = calling(proxy, failures)) {
            heard.get(10, TimeUnit.SECONDS);
            caller.tellUnended();
            assertThat(failures.take()).matches("call \\d+@demo, placed \\d+ ms ago, at no node yet, has not ended");
        }
    }
}
