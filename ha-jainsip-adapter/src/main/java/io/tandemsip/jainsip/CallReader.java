package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.node.TrafficClass;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.sip.header.Header;
import javax.sip.message.Request;

/** Reads what routing needs out of a request that begins something. Thread-safe, as far as the given function is. */
final class CallReader {
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;

    CallReader(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
        this.refinement = refinement;
    }

    CallRequest read(Arrival arrival) {
        Request request = arrival.request();
        CallRequest.Builder call = CallRequest.builder(arrival.callId(), arrival.fromTag())
                .method(arrival.method())
                .requestUri(request.getRequestURI().toString())
                .transaction(arrival.transactionKey())
                .headers(name -> header(request, name));
        if (arrival.isInvite() && mustGetThrough(request)) {
            call.trafficClass(TrafficClass.PRIORITY);
        }
        return refinement.apply(request, call).build();
    }

    /** Resource-Priority (RFC 4412) or an emergency service (RFC 5031). */
    private static boolean mustGetThrough(Request request) {
        return request.getHeader("Resource-Priority") != null
                || request.getRequestURI().toString().toLowerCase(Locale.ROOT).startsWith("urn:service:sos");
    }

    private static Optional<String> header(Request request, String name) {
        Header header = request.getHeader(name);
        if (header == null) {
            return Optional.empty();
        }
        String text = header.toString();
        return Optional.of(text.substring(text.indexOf(':') + 1).trim());
    }
}
