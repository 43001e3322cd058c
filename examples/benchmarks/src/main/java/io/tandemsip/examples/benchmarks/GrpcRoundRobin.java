package io.tandemsip.examples.benchmarks;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/** gRPC-Java's own round_robin balancer, fed with subchannels that are ready. */
final class GrpcRoundRobin {
    static final PickSubchannelArgs ARGS = new Args();

    private GrpcRoundRobin() {}

    static SubchannelPicker picker(int nodes) {
        Recorder recorder = new Recorder();
        LoadBalancer balancer = LoadBalancerRegistry.getDefaultRegistry()
                .getProvider("round_robin")
                .newLoadBalancer(recorder);
        List<EquivalentAddressGroup> addresses = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            addresses.add(new EquivalentAddressGroup(new InetSocketAddress("127.0.0.1", 10_000 + i)));
        }
        recorder.context.execute(() -> balancer.acceptResolvedAddresses(
                ResolvedAddresses.newBuilder().setAddresses(addresses).build()));
        recorder.context.execute(() -> recorder.channels.forEach(Ready::becomeReady));
        return recorder.picker.get();
    }

    /** Takes what the balancer decides. */
    private static final class Recorder extends LoadBalancer.Helper {
        final AtomicReference<SubchannelPicker> picker = new AtomicReference<>();
        final List<Ready> channels = new ArrayList<>();
        final SynchronizationContext context = new SynchronizationContext((thread, failure) -> {
            throw new IllegalStateException(failure);
        });
        final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });

        @Override
        public Subchannel createSubchannel(CreateSubchannelArgs args) {
            Ready channel = new Ready(args);
            channels.add(channel);
            return channel;
        }

        @Override
        public void updateBalancingState(ConnectivityState state, SubchannelPicker changed) {
            picker.set(changed);
        }

        @Override
        public SynchronizationContext getSynchronizationContext() {
            return context;
        }

        @Override
        public ScheduledExecutorService getScheduledExecutorService() {
            return timer;
        }

        @Override
        public ChannelLogger getChannelLogger() {
            return new Silent();
        }

        @Override
        public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
            throw new IllegalStateException("not asked for here");
        }

        @Override
        public String getAuthority() {
            return "benchmark";
        }

        @Override
        public NameResolver.Args getNameResolverArgs() {
            throw new IllegalStateException("not asked for here");
        }
    }

    private static final class Ready extends Subchannel {
        private final CreateSubchannelArgs args;
        private SubchannelStateListener listener = state -> {};

        Ready(CreateSubchannelArgs args) {
            this.args = args;
        }

        void becomeReady() {
            listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
        }

        @Override
        public void start(SubchannelStateListener taker) {
            listener = taker;
        }

        @Override
        public void shutdown() {
            listener = state -> {};
        }

        @Override
        public void requestConnection() {
            becomeReady();
        }

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return args.getAddresses();
        }

        @Override
        public Attributes getAttributes() {
            return args.getAttributes();
        }
    }

    private static final class Silent extends ChannelLogger {
        @Override
        public void log(ChannelLogLevel level, String message) {
            // nobody reads it
        }

        @Override
        public void log(ChannelLogLevel level, String format, Object... args) {
            // nobody reads it
        }
    }

    private static final class Args extends PickSubchannelArgs {
        private final Metadata headers = new Metadata();

        @Override
        public CallOptions getCallOptions() {
            return CallOptions.DEFAULT;
        }

        @Override
        public Metadata getHeaders() {
            return headers;
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            throw new IllegalStateException("not asked for here");
        }
    }
}
