package io.tandemsip.examples.haproxy;

import io.tandemsip.examples.haproxy.config.ListeningPointConfig;
import io.tandemsip.examples.haproxy.config.TlsConfig;
import io.tandemsip.jainsip.HaProxyStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sip.InvalidArgumentException;
import javax.sip.ListeningPoint;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
import javax.sip.SipStack;

/** A JAIN-SIP stack with its listening points. Closing it stops the stack. Thread-safe. */
public final class SipSide implements AutoCloseable {
    private final SipStack stack;
    private final List<SipProvider> providers = new ArrayList<>();

    private SipSide(SipStack stack) {
        this.stack = stack;
    }

    /**
     * Opens the listening points.
     *
     * @param name of the stack, unique in the process
     * @param points where to listen
     * @param tls the proxy's key, if one of them needs it
     * @throws StartFailure if one can't be opened
     */
    public static SipSide open(String name, List<ListeningPointConfig> points, Optional<TlsConfig> tls)
            throws StartFailure {
        Properties properties = HaProxyStack.properties(name);
        tls.ifPresent(each -> secure(properties, each));
        try {
            SipSide side = new SipSide(SipFactory.getInstance().createSipStack(properties));
            for (ListeningPointConfig point : points) {
                side.listen(point);
            }
            return side;
        } catch (SipException broken) {
            throw new StartFailure("SIP stack: " + broken.getMessage(), broken);
        }
    }

    private static void secure(Properties properties, TlsConfig tls) {
        store(properties, "javax.net.ssl.keyStore", tls.keyStore());
        tls.trustStore().ifPresent(each -> store(properties, "javax.net.ssl.trustStore", each));
        if (tls.mutual()) {
            properties.setProperty("gov.nist.javax.sip.TLS_CLIENT_AUTH_TYPE", "Enabled");
        }
    }

    private static void store(Properties properties, String key, TlsConfig.Store store) {
        properties.setProperty(key, store.file().toString());
        properties.setProperty(key + "Password", store.password());
        properties.setProperty(key + "Type", store.type());
    }

    private void listen(ListeningPointConfig point) throws StartFailure {
        try {
            ListeningPoint opened = stack.createListeningPoint(
                    point.host(), point.port(), point.transport().token());
            add(opened);
        } catch (SipException | InvalidArgumentException taken) {
            close();
            throw new StartFailure(
                    "listen: " + point.transport().token() + ' ' + point.host() + ':' + point.port() + ": "
                            + taken.getMessage(),
                    taken);
        }
    }

    /** One provider takes one listening point of each transport, so that probes find every transport on the first. */
    private void add(ListeningPoint point) throws SipException {
        for (SipProvider provider : providers) {
            if (provider.getListeningPoint(point.getTransport()) == null) {
                provider.addListeningPoint(point);
                return;
            }
        }
        providers.add(stack.createSipProvider(point));
    }

    /** In the order of the configuration; at least one. */
    public List<SipProvider> providers() {
        return List.copyOf(providers);
    }

    @Override
    public void close() {
        HaProxyStack.stop(stack);
    }
}
