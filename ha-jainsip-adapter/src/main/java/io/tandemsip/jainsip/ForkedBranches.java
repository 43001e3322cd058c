package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sip.header.Header;
import javax.sip.header.ProxyAuthenticateHeader;
import javax.sip.header.WWWAuthenticateHeader;
import javax.sip.message.Response;

/**
 * The branches of one forked INVITE, by the number of their contact: which are open, until when they may be, and what those said
 * that failed. Confined to the call's mailbox, but for {@link #anyLate}.
 */
final class ForkedBranches {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<Integer, Branch> all = new HashMap<>();
    private final Map<Integer, Long> deadlines = new TreeMap<>();
    private final Map<Integer, Failure> failures = new HashMap<>();
    private final Map<Integer, Response> responses = new HashMap<>();
    private final Map<Integer, Integer> statuses = new HashMap<>();
    private boolean ending;
    private volatile long earliestNanos = NEVER;

    void open(int number, Branch branch, long deadlineNanos) {
        all.put(number, branch);
        until(number, deadlineNanos);
    }

    private void until(int number, long deadlineNanos) {
        deadlines.put(number, deadlineNanos);
        remind();
    }

    private void remind() {
        earliestNanos = deadlines.values().stream().reduce(NEVER, (a, b) -> a == NEVER || b - a < 0 ? b : a);
    }

    /** Ends it; it is known all the same. */
    Branch close(int number) {
        deadlines.remove(number);
        remind();
        return branch(number);
    }

    Branch branch(int number) {
        Branch branch = all.get(number);
        if (branch == null) {
            throw new IllegalStateException("branch " + number + " was never sent");
        }
        return branch;
    }

    /** The open ones. */
    List<Integer> open() {
        return List.copyOf(deadlines.keySet());
    }

    boolean wasAnySent() {
        return !all.isEmpty();
    }

    /** The open one of this id, as {@link SipText#branch} reads it. */
    Optional<Integer> numberOf(String id) {
        String wanted = id.toLowerCase(Locale.ROOT);
        return deadlines.keySet().stream()
                .filter(number -> branch(number).id().equals(wanted))
                .findFirst();
    }

    /** A provisional response came; one that is no 100 begins Timer C anew (RFC 3261 section 16.7 step 2). */
    void hear(int number, boolean beginsAnew, long deadlineNanos) {
        branch(number).hear();
        if (beginsAnew && !ending) {
            until(number, deadlineNanos);
        }
    }

    /** All that are open are about to end, and may not take longer than this. */
    void end(long deadlineNanos) {
        if (!ending) {
            ending = true;
            open().forEach(number -> until(number, deadlineNanos));
        }
    }

    /** Whether time is up for one. Any thread may ask. */
    boolean anyLate(long nowNanos) {
        long earliest = earliestNanos;
        return earliest != NEVER && nowNanos - earliest >= 0;
    }

    /** Those whose time is up. */
    List<Integer> late(long nowNanos) {
        List<Integer> late = new ArrayList<>();
        deadlines.forEach((number, deadline) -> {
            if (nowNanos - deadline >= 0) {
                late.add(number);
            }
        });
        return late;
    }

    void failed(int number, Response response) {
        int status = response.getStatusCode();
        failures.put(number, Failure.response(status, SipText.retryAfter(response)));
        responses.put(number, response);
        statuses.put(number, status);
    }

    /** Without a response; what stands in for one (RFC 3261 section 16.7 step 6, RFC 5626 section 11.6). */
    void failed(int number, Failure failure, boolean byFlow) {
        int broken = byFlow ? Flows.FLOW_FAILED : Response.SERVER_INTERNAL_ERROR;
        failures.put(number, failure);
        statuses.put(number, failure instanceof Failure.Transport ? broken : Response.REQUEST_TIMEOUT);
    }

    Failure failure(int number) {
        return failures.getOrDefault(number, Failure.timeout());
    }

    int statusOf(int number) {
        return statuses.getOrDefault(number, Response.REQUEST_TIMEOUT);
    }

    /** What a branch failed with; with the challenges of all others if it is one (RFC 3261 section 16.7 step 7). */
    Optional<Response> response(int number) {
        Optional<Response> found = Optional.ofNullable(responses.get(number));
        found.filter(ForkedBranches::isChallenge)
                .ifPresent(best -> responses.values().stream()
                        .filter(each -> each != best && isChallenge(each))
                        .forEach(other -> {
                            addAll(best, other, WWWAuthenticateHeader.NAME);
                            addAll(best, other, ProxyAuthenticateHeader.NAME);
                        }));
        return found;
    }

    private static boolean isChallenge(Response response) {
        return response.getStatusCode() == Response.UNAUTHORIZED
                || response.getStatusCode() == Response.PROXY_AUTHENTICATION_REQUIRED;
    }

    private static void addAll(Response to, Response from, String name) {
        Iterator<?> headers = from.getHeaders(name);
        while (headers.hasNext()) {
            to.addHeader((Header) ((Header) headers.next()).clone());
        }
    }
}
