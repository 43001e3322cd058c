package io.tandemsip.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.tandemsip.backend.Watcher;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.event.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows shared state for those who watch it. Changes are published; each names the one that it follows, so that a gap
 * shows, and after a gap, and each time the connection for news was made anew, everything is read. In case that a message is
 * lost while nothing follows it, or that nobody publishes an expiry, the revision is looked at every 200 ms. Thread-safe;
 * what it knows is confined to the timer's thread.
 */
final class StateFeed {
    private static final Logger LOG = LoggerFactory.getLogger(StateFeed.class);
    private static final Script READ = Script.named("state-read");
    private static final Script LOOK = Script.named("state-look");
    private static final long LOOK_MILLIS = 200;
    private static final int LOOKS_PER_PING = 5;

    private final Link link;
    private final Keyspace keys;
    private final Counters counters;
    private final ScheduledExecutorService timer;
    private final Executor listeners;
    private final KnownState known = new KnownState();
    private final List<Watcher> watchers = new ArrayList<>();
    private @Nullable StatefulRedisPubSubConnection<String, String> news;
    private boolean begun;
    private boolean asking;
    private boolean stale = true;
    private boolean again;
    private boolean subscribed;
    private boolean warned;
    private long newest;
    private int looks;

    StateFeed(Link link, Keyspace keys, Counters counters, ScheduledExecutorService timer, Executor listeners) {
        this.link = link;
        this.keys = keys;
        this.counters = counters;
        this.timer = timer;
        this.listeners = listeners;
    }

    Subscription watch(String prefix, Consumer<SharedChange> listener) {
        Watcher watcher = new Watcher(prefix, listener, listeners, StateFeed::failed);
        execute(() -> add(watcher));
        return () -> {
            watcher.end();
            execute(() -> watchers.remove(watcher));
        };
    }

    private static void failed(SharedChange change, Throwable failure) {
        LOG.warn("a listener failed on the change of key {}", change.key(), failure);
    }

    private void add(Watcher watcher) {
        known.entries().forEach(entry -> watcher.offer(new SharedChange.Put(entry)));
        watchers.add(watcher);
        if (!begun) {
            begun = true;
            look();
            link.connectForNews().thenAccept(connection -> execute(() -> listen(connection)));
            var unused =
                    timer.scheduleWithFixedDelay(this::lookAround, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void listen(StatefulRedisPubSubConnection<String, String> connection) {
        news = connection;
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                counters.news.increment();
                execute(() -> hear(message));
            }

            @Override
            public void subscribed(String channel, long count) {
                execute(() -> {
                    subscribed = true;
                    catchUp();
                });
            }
        });
        subscribe(connection);
    }

    /** Once it stands the driver sees to it; until then it is tried again. */
    private void subscribe(StatefulRedisPubSubConnection<String, String> connection) {
        connection
                .async()
                .subscribe(keys.news())
                .whenComplete((done, failure) -> execute(() -> {
                    if (failure != null && !warned) {
                        warned = true;
                        LOG.warn("no news of shared state, it is looked at instead: {}", Failures.words(failure));
                    }
                }));
    }

    /** What happened before the subscription stood was not published to it. */
    private void catchUp() {
        stale = true;
        again = asking;
        look();
    }

    private void hear(String message) {
        StateNews.parse(message).ifPresent(change -> {
            newest = Math.max(newest, change.revision());
            if (asking && stale) {
                // what is being read may be older or newer than this
                return;
            }
            known.hear(change).ifPresentOrElse(this::tell, this::catchUp);
        });
    }

    /** What is thrown here would end the looks. */
    private void lookAround() {
        try {
            if (++looks % LOOKS_PER_PING == 0) {
                tendNews();
            }
            look();
        } catch (RuntimeException failure) {
            LOG.warn("a look at shared state failed", failure);
        }
    }

    /** A half-open connection is found out by what is sent on it, which is nothing else. */
    private void tendNews() {
        StatefulRedisPubSubConnection<String, String> connection = news;
        if (connection != null && subscribed) {
            var unused = connection.async().ping();
        } else if (connection != null) {
            subscribe(connection);
        }
    }

    private void look() {
        if (asking) {
            return;
        }
        if (stale) {
            ask(READ, List.of(keys.values(), keys.revision()), List.of(""), this::read);
        } else {
            ask(LOOK, List.of(keys.values(), keys.expiries(), keys.revision()), List.of(keys.news()), this::looked);
        }
    }

    private void ask(Script script, List<String> names, List<String> arguments, Consumer<List<Object>> next) {
        asking = true;
        CompletionStage<List<Object>> answer = link.run(script, names, arguments);
        answer.whenComplete((found, failure) -> execute(() -> {
            asking = false;
            if (failure == null) {
                next.accept(found);
            } else {
                stale = true;
                again = false;
            }
        }));
    }

    private void looked(List<Object> answer) {
        again = false;
        if (stale || Long.parseLong(String.valueOf(answer.get(0))) != known.revision()) {
            catchUp();
        }
    }

    private void read(List<Object> answer) {
        StateReading reading = StateReading.of(answer);
        stale = again;
        again = false;
        counters.resyncs.increment();
        counters.unreadable.add(reading.unreadable());
        tell(known.read(reading));
        if (stale || newest > reading.revision()) {
            newest = reading.revision();
            catchUp();
        }
    }

    private void tell(List<SharedChange> changes) {
        for (SharedChange change : changes) {
            watchers.forEach(watcher -> watcher.offer(change));
        }
    }

    private void execute(Runnable task) {
        try {
            timer.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("closed while news came in");
        }
    }

    void close() {
        execute(() -> {
            watchers.forEach(Watcher::end);
            watchers.clear();
        });
    }
}
