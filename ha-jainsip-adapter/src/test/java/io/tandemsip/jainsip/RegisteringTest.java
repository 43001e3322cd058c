package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;

/** RFC 3261 section 10.3, RFC 3327 and RFC 5626, as far as one REGISTER tells. */
class RegisteringTest {
    private static final Registering.Way DIRECT =
            new Registering.Way(Optional.of("sip:tf1@edge:5060;lr;ob"), "tf1", true, Optional.of(NodeId.of("fs1")));
    private static final Registering.Way FAR = new Registering.Way(Optional.empty(), "", false, Optional.empty());

    private static Registering read(Registering.Way way, String... lines) throws Exception {
        return Registering.read(Messages.request("REGISTER", "sip:example.org", lines), way);
    }

    private static ContactBinding only(Registering read) {
        assertThat(read).isInstanceOf(Registering.Written.class);
        assertThat(((Registering.Written) read).contacts()).hasSize(1);
        return ((Registering.Written) read).contacts().get(0);
    }

    private static int refusal(String... lines) throws Exception {
        Registering read = read(DIRECT, lines);
        assertThat(read).isInstanceOf(Registering.Refused.class);
        return ((Registering.Refused) read).status();
    }

    @Test
    void read_whenAContactComes_takesAllOfIt() throws Exception {
        ContactBinding contact = only(read(
                DIRECT,
                "Path: <sip:p1.example.org;lr>,<sip:p2.example.org;lr>",
                "Contact: <sip:a@10.0.0.9:5099;transport=tcp>;q=0.25;expires=120"
                        + ";+sip.instance=\"<urn:uuid:1>\";reg-id=2"));
        assertThat(contact.contact()).isEqualTo("sip:a@10.0.0.9:5099;transport=tcp");
        assertThat(contact.expires()).isEqualTo(Duration.ofSeconds(120));
        assertThat(contact.quality()).isEqualTo(250);
        assertThat(contact.instanceId()).isEqualTo("urn:uuid:1");
        assertThat(contact.regId()).isEqualTo(2);
        assertThat(contact.path())
                .containsExactly("sip:tf1@edge:5060;lr;ob", "sip:p1.example.org;lr", "sip:p2.example.org;lr");
        assertThat(contact.flow()).isEqualTo("tf1");
        assertThat(contact.node()).contains(NodeId.of("fs1"));
        assertThat(contact.callId()).isEqualTo("call-1");
        assertThat(contact.cseq()).isEqualTo(2);
    }

    @Test
    void read_takesTheExpiryOfTheContact_thenOfTheRequest_thenAnHour() throws Exception {
        assertThat(only(read(DIRECT, "Expires: 300", "Contact: <sip:a@10.0.0.9>;expires=120"))
                        .expires())
                .isEqualTo(Duration.ofSeconds(120));
        assertThat(only(read(DIRECT, "Expires: 300", "Contact: <sip:a@10.0.0.9>"))
                        .expires())
                .isEqualTo(Duration.ofSeconds(300));
        assertThat(only(read(DIRECT, "Contact: <sip:a@10.0.0.9>")).expires()).isEqualTo(Duration.ofHours(1));
        assertThat(only(read(DIRECT, "Contact: <sip:a@10.0.0.9>;expires=4000000"))
                        .expires())
                .isEqualTo(Registering.MOST);
        assertThat(only(read(DIRECT, "Contact: <sip:a@10.0.0.9>;expires=0")).expires())
                .isZero();
    }

    @Test
    void read_whenAllAreToGo_wantsItSaidAlone() throws Exception {
        assertThat(read(DIRECT, "Contact: *", "Expires: 0")).isEqualTo(new Registering.AllGone("call-1", 2));
        assertThat(refusal("Contact: *")).isEqualTo(Response.BAD_REQUEST);
        assertThat(refusal("Contact: *", "Expires: 60")).isEqualTo(Response.BAD_REQUEST);
        assertThat(refusal("Contact: *", "Contact: <sip:a@10.0.0.9>", "Expires: 0"))
                .isEqualTo(Response.BAD_REQUEST);
    }

    @Test
    void read_whenItCantBeDone_tellsWhy() throws Exception {
        assertThat(refusal("Contact: <sip:a@10.0.0.9>;expires=59")).isEqualTo(Response.INTERVAL_TOO_BRIEF);
        assertThat(refusal("Contact: <tel:+4930123>")).isEqualTo(Response.BAD_REQUEST);
        assertThat(read(DIRECT, "Require: gruu, path", "Contact: <sip:a@10.0.0.9>"))
                .isEqualTo(new Registering.Refused(Response.BAD_EXTENSION, List.of("gruu")));
        assertThat(read(DIRECT)).isEqualTo(new Registering.Asked());
    }

    @Test
    void read_whenAFlowIsWanted_needsAFirstHopThatKeepsIt() throws Exception {
        String contact = "Contact: <sip:a@10.0.0.9>;+sip.instance=\"<urn:uuid:1>\";reg-id=1";
        assertThat(read(FAR, contact)).isEqualTo(Registering.Refused.with(Registering.FIRST_HOP_LACKS_OUTBOUND));
        assertThat(only(read(FAR, "Path: <sip:tf9@other.example.org;lr;ob>", contact))
                        .regId())
                .isEqualTo(1);
        assertThat(only(read(FAR, "Contact: <sip:a@10.0.0.9>;reg-id=1")).regId())
                .as("without an instance it means nothing")
                .isZero();
    }

    /** Fails when what the user wished stands instead of what the node granted. */
    @Test
    void accepted_takesWhatTheNodeGranted() throws Exception {
        Request register = Messages.request(
                "REGISTER",
                "sip:example.org",
                "Expires: 3600",
                "Contact: <sip:a@10.0.0.9:5099>",
                "Contact: <sip:a@10.0.0.8:5099>;expires=0");
        Response ok = Messages.response(200, "Contact: <sip:a@10.0.0.7>;expires=50, <sip:a@10.0.0.9:5099>;expires=40");
        Registering accepted = Registering.accepted(register, ok, DIRECT);
        assertThat(accepted).isInstanceOf(Registering.Written.class);
        assertThat(((Registering.Written) accepted).contacts())
                .extracting(ContactBinding::contact, each -> each.expires().toSeconds())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("sip:a@10.0.0.9:5099", 40L),
                        org.assertj.core.groups.Tuple.tuple("sip:a@10.0.0.8:5099", 0L));
        assertThat(Registering.accepted(
                        Messages.request("REGISTER", "sip:example.org"), Messages.response(200), DIRECT))
                .isEqualTo(new Registering.Asked());
    }

    @Test
    void user_isOneForAllWaysToWriteIt() throws Exception {
        for (String to : List.of(
                "<sip:b@example.org>", "<sip:b@EXAMPLE.org;transport=tcp;user=phone>", "\"B\" <sip:%62@example.org>")) {
            Request register = Messages.request("REGISTER", "sip:example.org");
            register.setHeader(Messages.HEADERS.createHeader("To", to));
            assertThat(Registering.user(register)).contains(new AddressOfRecord("sip:b@example.org"));
        }
        Request nobody = Messages.request("REGISTER", "sip:example.org");
        nobody.setHeader(Messages.HEADERS.createHeader("To", "<sip:example.org>"));
        assertThat(Registering.user(nobody)).isEmpty();
    }
}
