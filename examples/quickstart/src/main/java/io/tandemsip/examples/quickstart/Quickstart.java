package io.tandemsip.examples.quickstart;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.jainsip.HaProxy;
import io.tandemsip.jainsip.OptionsProbe;
import java.util.concurrent.CountDownLatch;
import javax.sip.SipProvider;

/** The first page's example: a proxy in front of two nodes. Immutable. */
final class Quickstart {
    private Quickstart() {}

    static void serve(SipProvider sipProvider, CountDownLatch stop) throws InterruptedException {
        // spotless:off
        // snippet
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool
                        .node("fs1", "sip:127.0.0.11:5080")
                        .node("fs2", "sip:127.0.0.12:5080"))
                .probe(OptionsProbe.over(sipProvider))
                .build()
                .start()) {
            new HaProxy(sipProvider, router).start();
            stop.await();
        }
        // end of snippet
        // spotless:on
    }
}
