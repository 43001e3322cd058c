package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.OverloadAdvice;
import java.util.ArrayList;
import java.util.List;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

class UpstreamControlTest {
    private final List<Response> sent = new ArrayList<>();
    private final List<Response> refused = new ArrayList<>();
    private final ServerLeg leg = new ServerLeg() {
        @Override
        public void send(Response response) {
            sent.add(response);
        }

        @Override
        public void refuse(Response response) {
            refused.add(response);
        }
    };

    /** Fails when who takes part in overload control has his refused requests kept, and is sent the refusal again and again. */
    @Test
    void refusal_ofWhoTakesPart_tellsHim_andKeepsNothing() throws Exception {
        UpstreamControl control = new UpstreamControl(() -> new OverloadAdvice(20, 100, 1), () -> 0);
        Request request = Messages.request("INVITE", "sip:b@example.org");
        OverloadVia.offer((ViaHeader) request.getHeader(ViaHeader.NAME));
        control.telling(request, leg).refuse(Messages.MESSAGES.createResponse(503, request));
        assertThat(sent).isEmpty();
        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).getHeader(ViaHeader.NAME).toString()).contains("oc=20");
    }
}
