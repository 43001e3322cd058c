package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.location.ContactBinding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sip.SipFactory;
import javax.sip.message.Request;
import org.junit.jupiter.api.Test;

class ForkedContactsTest {
    private static List<ContactBinding> contacts(int... qualities) {
        List<ContactBinding> made = new ArrayList<>();
        for (int quality : qualities) {
            made.add(new ContactBinding(
                    "sip:a@192.0.2." + (made.size() + 1),
                    "call",
                    1,
                    Duration.ofHours(1),
                    quality,
                    List.of(),
                    "",
                    0,
                    Optional.empty(),
                    ""));
        }
        return made;
    }

    private static Request invite(String... lines) throws Exception {
        StringBuilder text = new StringBuilder("INVITE sip:a@example.org SIP/2.0\r\n");
        List.of(lines).forEach(line -> text.append(line).append("\r\n"));
        return SipFactory.getInstance()
                .createMessageFactory()
                .createRequest(text
                        + "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:n@example.org>;tag=n\r\n"
                        + "To: <sip:a@example.org>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
                        + "Content-Length: 0\r\n\r\n");
    }

    @Test
    void contactsOfTheSameQ_ringAtOnce() throws Exception {
        assertThat(ForkedContacts.of(contacts(1000, 1000, 500, 500, 100), 8, invite())
                        .groups())
                .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4));
    }

    @Test
    void moreThanAreAllowed_ringAfterTheOthersOfTheirQ() throws Exception {
        assertThat(ForkedContacts.of(contacts(1000, 1000, 1000, 500), 2, invite())
                        .groups())
                .containsExactly(List.of(0, 1), List.of(2), List.of(3));
    }

    @Test
    void maxBreadth_limitsWhatRingsAtOnce_andIsDivided() throws Exception {
        ForkedContacts five = ForkedContacts.of(contacts(1, 1, 1), 8, invite("Max-Breadth: 5"));
        assertThat(five.groups()).containsExactly(List.of(0, 1, 2));
        assertThat(five.breadth() / 3).isEqualTo(1);
        assertThat(ForkedContacts.of(contacts(1, 1, 1), 8, invite("Max-Breadth: 1"))
                        .groups())
                .containsExactly(List.of(0), List.of(1), List.of(2));
        assertThat(ForkedContacts.of(contacts(1), 8, invite("Max-Breadth: 0")).breadth())
                .isZero();
        assertThat(ForkedContacts.of(contacts(1), 8, invite("Max-Breadth: many"))
                        .breadth())
                .isEqualTo(60);
    }
}
