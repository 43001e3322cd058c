package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.node.NodeId;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.sip.message.Request;

/** Reads what routing needs out of a request that begins something. Thread-safe, as far as the given function is. */
final class CallReader {
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;

    CallReader(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
        this.refinement = refinement;
    }

    CallRequest read(Arrival arrival, Optional<NodeId> preferred) {
        CallRequest.Builder call = SipMessages.call(arrival.request()).transaction(arrival.transactionKey());
        preferred.ifPresent(call::preferredNode);
        return refinement.apply(arrival.request(), call).build();
    }
}
