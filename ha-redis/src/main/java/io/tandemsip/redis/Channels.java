package io.tandemsip.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connections of one driver, whatever they are for: watched for silence, and dropped where they lead astray.
 * Thread-safe.
 */
final class Channels implements NettyCustomizer {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long silenceNanos;
    private final LongSupplier ticker;
    private final Counters counters;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong closedAllNanos;

    Channels(long silenceNanos, LongSupplier ticker, Counters counters) {
        this.silenceNanos = silenceNanos;
        this.ticker = ticker;
        this.counters = counters;
        closedAllNanos = new AtomicLong(ticker.getAsLong() - PAUSE_NANOS);
    }

    @Override
    public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addFirst(new SilenceHandler(silenceNanos, ticker, counters));
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
    }

    /** So that the primary is looked for anew; at most once a second. */
    void closeAll() {
        long now = ticker.getAsLong();
        long before = closedAllNanos.get();
        if (now - before >= PAUSE_NANOS && closedAllNanos.compareAndSet(before, now)) {
            LOG.warn("Redis is read-only: the primary is looked for");
            for (Channel channel : open) {
                channel.close().addListener(closed -> LOG.debug("dropped {}", channel));
            }
        }
    }
}
