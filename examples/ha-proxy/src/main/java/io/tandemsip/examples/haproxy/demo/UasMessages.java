package io.tandemsip.examples.haproxy.demo;

/** What a server answers with (RFC 3261 section 8.2.6). Immutable. */
final class UasMessages {
    private UasMessages() {}

    /** A response to a request; the tag is put into To if the request has none there. */
    static SipMessage response(SipMessage request, String status, String tag) {
        String to = request.first("To");
        boolean tagged = tag.isEmpty() || !request.toTag().isEmpty();
        return SipMessage.of("SIP/2.0 " + status)
                .withAll("Via", request.all("Via"))
                .withAll("Record-Route", request.all("Record-Route"))
                .with("From", request.first("From"))
                .with("To", tagged ? to : to + ";tag=" + tag)
                .with("Call-ID", request.callId())
                .with("CSeq", request.first("CSeq"));
    }
}
