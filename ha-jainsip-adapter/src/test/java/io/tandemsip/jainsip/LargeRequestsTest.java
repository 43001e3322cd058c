package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.SipDestination;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LargeRequestsTest {
    private static final SipDestination NODE = SipDestination.parse("sip:127.0.0.1:5061");

    private final AtomicLong now = new AtomicLong(-7);
    private final LargeRequests large = new LargeRequests(LargeRequests.MOST_BYTES, now::get);

    /** Fails when a refusal is forgotten at once, or never, or counts for another node. */
    @Test
    void whoRefused_isAskedAgainAfterFiveMinutes() {
        assertThat(large.mayConnect(NODE)).isTrue();
        large.refused(NODE);
        assertThat(large.mayConnect(NODE)).isFalse();
        assertThat(large.mayConnect(SipDestination.parse("sip:127.0.0.1:5062"))).isTrue();
        now.addAndGet(TimeUnit.MINUTES.toNanos(5));
        assertThat(large.mayConnect(NODE)).isFalse();
        now.incrementAndGet();
        assertThat(large.mayConnect(NODE)).isTrue();
        assertThat(large.mayConnect(NODE)).isTrue();
    }
}
