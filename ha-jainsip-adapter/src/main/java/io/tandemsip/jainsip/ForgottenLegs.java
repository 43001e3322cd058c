package io.tandemsip.jainsip;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what hosts forgot, in the log not once per call. Thread-safe. */
final class ForgottenLegs {
    private static final Logger LOG = LoggerFactory.getLogger(LegTracker.class);

    private final Consumer<ForgottenLeg> action;
    private final AtomicLong count = new AtomicLong();

    ForgottenLegs(Consumer<ForgottenLeg> action) {
        this.action = action;
    }

    void report(ForgottenLeg leg) {
        long sofar = count.incrementAndGet();
        if (Long.bitCount(sofar) == 1) {
            LOG.warn("the host forgot a leg to {}: {} (so far {})", leg.node(), leg.cause(), sofar);
        }
        try {
            action.accept(leg);
        } catch (RuntimeException broken) {
            LOG.warn("what is told of forgotten legs broke", broken);
        }
    }
}
