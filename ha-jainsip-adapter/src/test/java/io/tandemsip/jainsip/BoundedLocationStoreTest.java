package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A store of users that never answers. */
class BoundedLocationStoreTest {
    private static final AddressOfRecord BOB = new AddressOfRecord("sip:bob@example.org");

    private final CompletableFuture<List<ContactBinding>> found = new CompletableFuture<>();
    private final LocationStore hanging = new LocationStore() {
        @Override
        public CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<List<ContactBinding>> find(AddressOfRecord user) {
            return found;
        }

        @Override
        public void close() {
            // holds nothing
        }
    };

    @Test
    void whatTheStoreNeverAnswers_fails_andTheStoresOwnStageIsLeftAlone() {
        BoundedLocationStore bounded = new BoundedLocationStore(hanging, Duration.ofMillis(1));
        for (CompletionStage<?> stage :
                List.of(bounded.find(BOB), bounded.register(BOB, List.of()), bounded.unregisterAll(BOB, "c", 1))) {
            assertThatThrownBy(() -> stage.toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TimeoutException.class);
        }
        assertThat(found).isNotDone();
    }

    @Test
    void whatTheStoreAnswers_isPassedOn() throws Exception {
        found.complete(List.of());
        assertThat(new BoundedLocationStore(hanging, Duration.ofMillis(1))
                        .find(BOB)
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isEmpty();
    }

    /** Fails when a call to a user whom the store does not find for ever stays in the proxy for ever. */
    @Test
    void callAndMessage_toAUserOfAStoreThatHangs_areAnswered() throws Exception {
        try (SipHost host = new SipHost();
                UdpPeer node = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:" + node.address()));
            try (HaProxy proxy = HaProxy.builder(router)
                    .provider(host.provider)
                    .registrations(Registrations.toNodesAndStore(hanging))
                    .build()
                    .start()) {
                for (String method : List.of("INVITE", "MESSAGE")) {
                    node.send(
                            method + " sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + node.address()
                                    + ";branch=z9hG4bK" + method + "\r\nFrom: <sip:a@example.org>;tag=1\r\n"
                                    + "To: <sip:bob@example.org>\r\nCall-ID: " + method + "\r\nCSeq: 1 " + method
                                    + "\r\nMax-Forwards: 70\r\nContact: <sip:" + node.address()
                                    + ">\r\nContent-Length: 0\r\n\r\n",
                            host.port);
                    String answer = node.nextFinal();
                    while (!answer.contains("CSeq: 1 " + method)) {
                        answer = node.nextFinal(); // the refusal of the INVITE again: nobody acknowledges it
                    }
                    assertThat(answer).startsWith("SIP/2.0 500");
                }
                assertThat(proxy.pending()).isZero();
            }
        }
    }
}
