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
        Names.Lookup lookup,
        BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
    static final Duration NOTHING_IS_SHED = Duration.ofDays(1);

    ProxySettings {
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("providers: none; expected one at least");
        }
    }

    boolean sheds() {
        return shedAfter.compareTo(NOTHING_IS_SHED) < 0;
    }
}
