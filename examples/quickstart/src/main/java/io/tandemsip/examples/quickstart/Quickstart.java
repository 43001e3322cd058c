package io.tandemsip.examples.quickstart;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.jainsip.HaProxy;
import io.tandemsip.jainsip.OptionsProbe;
import java.util.concurrent.CountDownLatch;
import javax.sip.SipProvider;

/** The example of the README: a highly available proxy. Immutable. */
public final class Quickstart {
    private Quickstart() {}

    /**
     * Serves until it is told to stop.
     *
     * @param sipProvider the host's, with a UDP listening point
     * @param stop opened when it is enough
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public static void serve(SipProvider sipProvider, CountDownLatch stop) throws InterruptedException {
        // snippet
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.11:5080").node("fs2", "sip:127.0.0.12:5080"))
                .probe(OptionsProbe.over(sipProvider))
                .build()
                .start()) {
            new HaProxy(sipProvider, router).start();
            stop.await();
        }
        // end of snippet
    }
}
