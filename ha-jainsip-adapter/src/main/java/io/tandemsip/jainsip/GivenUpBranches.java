package io.tandemsip.jainsip;

import java.text.ParseException;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * INVITE branches that nobody waits for any more: cancelled, or given up for another node. What they still bring is
 * ended here and never reaches the caller: a provisional response is answered with CANCEL, a 2xx with ACK and BYE, any
 * other final response with ACK. Remembers each for {@value #REMEMBERED_SECONDS} s, and {@value #MAX_REMEMBERED} at
 * most; the oldest go first. Thread-safe.
 */
final class GivenUpBranches {
    /** Longer than Timer C: a phone at a node that came back may ring that long. */
    static final int REMEMBERED_SECONDS = 240;

    static final int MAX_REMEMBERED = 65_536;

    /** More than phones ring at once. */
    private static final int MOST_DIALOGS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(GivenUpBranches.class);
    private static final long LEG_NANOS = TimeUnit.SECONDS.toNanos(40);
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(REMEMBERED_SECONDS);

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Queue<Entry> legs = new ConcurrentLinkedQueue<>();
    private final Queue<Entry> oldestFirst = new ConcurrentLinkedQueue<>();
    private final Transactions transactions;
    private final DialogCloser closer;
    private final LongSupplier nanoTime;

    GivenUpBranches(Transactions transactions, DialogCloser closer, LongSupplier nanoTime) {
        this.transactions = transactions;
        this.closer = closer;
        this.nanoTime = nanoTime;
    }

    private record Entry(Branch branch, long sinceNanos, AtomicBoolean legAlive, Set<String> hungUp) {
        /** Whether a dialog is heard of for the first time; several phones behind a node may answer one INVITE. */
        boolean hangsUp(String toTag) {
            return hungUp.size() < MOST_DIALOGS && hungUp.add(toTag);
        }
    }

    /**
     * Gives up a branch: stops its retransmissions at once if nothing was heard of it, cancels it if it rings.
     *
     * @param branch no longer anybody's
     */
    void take(Branch branch) {
        if (branch.heard()) {
            cancel(branch);
        } else {
            branch.leg().giveUp();
            remember(branch, false);
        }
    }

    /**
     * Cancels a branch for the caller: at once if it rings; else its retransmissions go on until it does or is over (RFC
     * 3261 section 9.1).
     */
    void cancel(Branch branch) {
        Entry entry = remember(branch, true);
        if (branch.heard()) {
            sendCancel(entry);
        }
    }

    /** Remembers a branch that was answered when nobody waited for it any more. */
    void answered(Branch branch) {
        branch.hear();
        remember(branch, false);
    }

    private Entry remember(Branch branch, boolean legAlive) {
        Entry entry =
                new Entry(branch, nanoTime.getAsLong(), new AtomicBoolean(legAlive), ConcurrentHashMap.newKeySet());
        entries.put(branch.id(), entry);
        oldestFirst.add(entry);
        if (legAlive) {
            legs.add(entry);
        }
        while (entries.size() > MAX_REMEMBERED) {
            forgetOldest();
        }
        return entry;
    }

    /**
     * Deals with a response if it is one of a given-up branch.
     *
     * @return true if it was
     */
    boolean onResponse(Response response) {
        Entry entry = entries.get(SipText.branch(response));
        if (entry == null) {
            return false;
        }
        int status = response.getStatusCode();
        try {
            if (status < 200) {
                onRinging(entry, response);
            } else if (status < 300) {
                closer.acknowledge(response, entry.branch().target());
                if (entry.hangsUp(SipText.toTag(response))) {
                    closer.bye(response, entry.branch().target());
                }
            } else if (!entry.legAlive().get()) {
                transactions.send(
                        closer.failureAck(response, entry.branch()),
                        entry.branch().target());
            }
        } catch (SipException | ParseException | InvalidArgumentException | RuntimeException broken) {
            LOG.debug("a late {} could not be dealt with", status, broken);
        }
        return true;
    }

    private void onRinging(Entry entry, Response response)
            throws SipException, ParseException, InvalidArgumentException {
        if (entry.branch().heard()) {
            return;
        }
        entry.branch().hear();
        if (entry.legAlive().get()) {
            sendCancel(entry);
        } else {
            transactions.send(
                    closer.cancel(response, entry.branch()), entry.branch().target());
        }
    }

    private static void sendCancel(Entry entry) {
        try {
            entry.branch().cancel();
        } catch (SipException | RuntimeException over) {
            LOG.debug("CANCEL not sent", over);
        }
    }

    /** Ends transactions that were to end by themselves and did not, and forgets what is old. */
    void sweep(long nowNanos) {
        for (Entry leg = legs.peek(); leg != null && nowNanos - leg.sinceNanos() > LEG_NANOS; leg = legs.peek()) {
            legs.poll();
            if (leg.legAlive().compareAndSet(true, false)) {
                leg.branch().leg().giveUp();
            }
        }
        Entry oldest = oldestFirst.peek();
        while (oldest != null && nowNanos - oldest.sinceNanos() > REMEMBERED_NANOS) {
            forgetOldest();
            oldest = oldestFirst.peek();
        }
    }

    private void forgetOldest() {
        Entry oldest = oldestFirst.poll();
        if (oldest != null) {
            entries.remove(oldest.branch().id(), oldest);
        }
    }

    /** How many are remembered. */
    int size() {
        return entries.size();
    }
}
