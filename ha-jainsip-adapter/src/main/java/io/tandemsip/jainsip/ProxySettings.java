package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.node.SipDestination;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import javax.sip.SipProvider;
import javax.sip.message.Request;

/** What the builder of an {@link HaProxy} was told; each part is described there. Immutable. */
record ProxySettings(
        HaRouter router,
        List<SipProvider> providers,
        String advertisedHost,
        boolean stackTransactions,
        List<SipDestination> peers,
        String peerAddress,
        EdgePolicy edge,
        Duration shedAfter,
        Registrations registrations,
        int datagramBytes,
        TopologyHiding topology,
        Names.Lookup lookup,
        BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
    /** What the keys are for that nodes are hidden with. */
    static final String TOPOLOGY = "topology";

    static final Duration NOTHING_IS_SHED = Duration.ofDays(1);

    ProxySettings {
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("providers: none; expected one at least");
        }
        if (topology.isOn() && router.derivedKeys(TOPOLOGY).isEmpty()) {
            throw new IllegalArgumentException("topology: a router without keys; expected one that signs cookies");
        }
    }

    boolean sheds() {
        return shedAfter.compareTo(NOTHING_IS_SHED) < 0;
    }
}
