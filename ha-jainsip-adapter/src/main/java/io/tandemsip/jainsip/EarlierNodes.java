package io.tandemsip.jainsip;

import io.tandemsip.node.NodeId;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sip.header.InReplyToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Which node knows what a request outside a dialog comes back to: the one that challenged it, or that had the call which it is
 * in reply to. What this proxy saw itself, lately; in limited memory. Thread-safe.
 */
final class EarlierNodes {
    private static final int MOST_CHALLENGES = 32_768;
    private static final long CHALLENGE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MOST_CALLS = 16_384;
    private static final long CALL_NANOS = TimeUnit.HOURS.toNanos(24);
    private static final int MOST_REPLIED_TO = 4;

    private final LongSupplier nanoTime;
    private final RecentNodes challenges;
    private final RecentNodes calls;

    EarlierNodes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        challenges = new RecentNodes(MOST_CHALLENGES, CHALLENGE_NANOS, nanoTime.getAsLong());
        calls = new RecentNodes(MOST_CALLS, CALL_NANOS, nanoTime.getAsLong());
    }

    /** A node answered a request that was placed there. */
    void answered(Request request, NodeId node, int status) {
        if (status == Response.UNAUTHORIZED || status == Response.PROXY_AUTHENTICATION_REQUIRED) {
            challenges.put(challenged(request), node, SipText.cseqNumber(request), nanoTime.getAsLong());
        } else if (status / 100 == 2 && request.getMethod().equals(Request.INVITE)) {
            calls.put(SipText.callId(request), node, 0, nanoTime.getAsLong());
        }
    }

    /** Who is to get a request, if that can take it. */
    Optional<NodeId> of(Request request) {
        long now = nanoTime.getAsLong();
        Optional<NodeId> challenger = challenges.before(challenged(request), SipText.cseqNumber(request), now);
        return challenger.isPresent() ? challenger : repliedTo(request, now);
    }

    private Optional<NodeId> repliedTo(Request request, long now) {
        if (request.getHeader(InReplyToHeader.NAME) == null) {
            return Optional.empty();
        }
        Iterator<?> headers = request.getHeaders(InReplyToHeader.NAME);
        for (int i = 0; i < MOST_REPLIED_TO && headers.hasNext(); i++) {
            if (headers.next() instanceof InReplyToHeader header) {
                Optional<NodeId> node = calls.before(SipText.orEmpty(header.getCallId()), 1, now);
                if (node.isPresent()) {
                    return node;
                }
            }
        }
        return Optional.empty();
    }

    /** The retry keeps Call-ID and From tag, and counts on (RFC 3261 section 22.2). */
    private static String challenged(Request request) {
        return SipText.callId(request) + ' ' + SipText.fromTag(request);
    }
}
