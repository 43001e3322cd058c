package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Nanos;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A visit to an event socket over a connection of its own, for what takes long: a few questions, and a job in the background
 * ({@code bgapi}), whose end the node tells by an event. Nothing is tried again. Confined to the thread of its loop.
 */
final class EslErrand implements EslConnection.Listener, AutoCloseable {
    private final SocketLoop loop;
    private final EventSocketAddress address;
    private final CompletableFuture<EslErrand> up = new CompletableFuture<>();
    private final Map<String, CompletableFuture<String>> jobs = new HashMap<>();
    private final EslConnection connection;

    private EslErrand(SocketLoop loop, EventSocketAddress address, EslTimings timings) {
        this.loop = loop;
        this.address = address;
        connection = new EslConnection(loop, address, timings, "BACKGROUND_JOB", this);
    }

    /** Connects; fails with why it could not, in one sentence. */
    static CompletionStage<EslErrand> begin(SocketLoop loop, EventSocketAddress address, EslTimings timings) {
        EslErrand errand = new EslErrand(loop, address, timings);
        loop.resolve(address.host(), address.port(), target -> {
            if (target.isUnresolved()) {
                errand.ended(new EslEnd(EslEnd.Kind.LOCAL, "no address is known for " + address.host()));
            } else {
                errand.connection.connect(target);
            }
        });
        return errand.up;
    }

    /**
     * Asks.
     *
     * @param command of the node's API
     * @return its answer without white space around it, errors too; fails if there is none
     */
    CompletionStage<String> ask(String command) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        connection.send("api " + command, reply -> settle(reply, answer));
        return answer;
    }

    private static void settle(EslReply reply, CompletableFuture<String> answer) {
        if (reply instanceof EslReply.Said) {
            answer.complete(reply.words());
        } else {
            answer.completeExceptionally(new Unfinished(reply.words()));
        }
    }

    /**
     * Has a command run in the background.
     *
     * @param command of the node's API
     * @param uuid names the job; of letters, digits, points and hyphens
     * @param longest how long it may take
     * @return what it said when it was done; fails if it is not known whether and how it was done
     */
    CompletionStage<String> job(String command, String uuid, Duration longest) {
        CompletableFuture<String> done = new CompletableFuture<>();
        jobs.put(uuid, done);
        SocketLoop.Due due = loop.schedule(
                Nanos.of(longest),
                () -> done.completeExceptionally(
                        new Unfinished("no end of \"" + command + "\" within " + longest.toMillis() + " ms")));
        connection.send("bgapi " + command + "\nJob-UUID: " + uuid, reply -> {
            if (!reply.isGood()) {
                done.completeExceptionally(new Unfinished("bgapi: " + reply.words()));
            }
        });
        return done.whenComplete((text, failure) -> {
            due.cancel();
            jobs.remove(uuid);
        });
    }

    @Override
    public void up() {
        up.complete(this);
    }

    @Override
    public void event(EslEvent event) {
        CompletableFuture<String> job = jobs.get(event.header("Job-UUID"));
        if (job != null && event.name().equals("BACKGROUND_JOB")) {
            job.complete(event.body().strip());
        }
    }

    @Override
    public void ended(EslEnd end) {
        Unfinished failure = new Unfinished("event socket " + address + ": " + end.detail());
        up.completeExceptionally(failure);
        Map.copyOf(jobs).values().forEach(job -> job.completeExceptionally(failure));
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Why something failed, for people. */
    static String why(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Unfinished ? String.valueOf(cause.getMessage()) : String.valueOf(cause);
    }

    /** It could not be done, or it is not known whether it was. */
    static final class Unfinished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unfinished(String why) {
            super(why, null, false, false);
        }
    }
}
