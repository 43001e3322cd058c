package io.tandemsip.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection that is asked and stays silent, so that another is made: TCP itself waits for a quarter of an hour.
 * Confined to the connection's thread.
 */
final class SilenceHandler extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SilenceHandler.class);

    private final long limitNanos;
    private final LongSupplier ticker;
    private final Counters counters;
    private Silence silence = Silence.NONE;
    private boolean looking;

    SilenceHandler(long limitNanos, LongSupplier ticker, Counters counters) {
        this.limitNanos = limitNanos;
        this.ticker = ticker;
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        counters.connects.increment();
        context.fireChannelActive();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!silence.asking()) {
            silence = silence.sent(ticker.getAsLong());
        }
        if (!looking) {
            looking = true;
            lookLater(context);
        }
        var unused = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        silence = Silence.NONE;
        context.fireChannelRead(message);
    }

    private void lookLater(ChannelHandlerContext context) {
        var unused = context.executor().schedule(() -> look(context), limitNanos / 4, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        looking = silence.asking() && context.channel().isActive();
        if (!looking) {
            return;
        }
        if (silence.isLongerThan(limitNanos, ticker.getAsLong())) {
            counters.silences.increment();
            LOG.warn(
                    "Redis at {} is silent: another connection is made",
                    context.channel().remoteAddress());
            var unused = context.close();
        } else {
            lookLater(context);
        }
    }
}
