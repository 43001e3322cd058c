package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import java.util.function.BiFunction;
import javax.sip.message.Request;

/** Reads what routing needs out of a request that begins something. Thread-safe, as far as the given function is. */
final class CallReader {
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;

    CallReader(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
        this.refinement = refinement;
    }

    CallRequest read(Arrival arrival) {
        CallRequest.Builder call = SipMessages.call(arrival.request()).transaction(arrival.transactionKey());
        return refinement.apply(arrival.request(), call).build();
    }
}
