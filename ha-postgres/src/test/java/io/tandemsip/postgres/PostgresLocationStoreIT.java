package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.RegisterResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract does not ask of registrations in PostgreSQL. */
class PostgresLocationStoreIT {
    private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@example.org");

    private final String schema = TestServer.newSchema();
    private final PostgresStores stores = TestServer.stores(schema).connect();

    @AfterEach
    void end() {
        stores.close();
        TestServer.drop(schema);
    }

    private static CompletionStage<RegisterResult> register(PostgresStores through, String uri, long cseq) {
        return through.locations()
                .register(
                        ALICE,
                        List.of(new ContactBinding(
                                uri, "c", cseq, Duration.ofHours(1), 1000, List.of(), "", 0, Optional.empty(), "")));
    }

    /**
     * Two routers, one user: whatever they do at once, the highest CSeq stands, and who was late was told. Fails when the
     * REGISTERs of a user don't take turns.
     */
    @Test
    void register_throughTwoRoutersAtOnce_leavesTheLatest() {
        try (PostgresStores other = TestServer.stores(schema).connect()) {
            for (long cseq = 1; cseq < 400; cseq += 2) {
                CompletionStage<RegisterResult> earlier = register(stores, "sip:a@1", cseq);
                CompletionStage<RegisterResult> later = register(other, "sip:a@1", cseq + 1);
                assertThat(Stages.await(later)).isInstanceOf(RegisterResult.Registered.class);
                Stages.await(earlier);
                assertThat(Stages.await(stores.locations().find(ALICE)))
                        .extracting(ContactBinding::cseq)
                        .containsExactly(cseq + 1);
            }
        }
    }

    @Test
    void registersOfManyUsers_shareBatches() {
        List<CompletionStage<RegisterResult>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ContactBinding contact = new ContactBinding(
                    "sip:u" + i,
                    "c",
                    1,
                    Duration.ofHours(1),
                    1000,
                    List.of("<sip:edge;lr>"),
                    "",
                    0,
                    Optional.empty(),
                    "");
            all.add(stores.locations().register(new AddressOfRecord("sip:user" + i), List.of(contact)));
        }
        for (int i = 0; i < 1_000; i++) {
            RegisterResult.Registered registered = (RegisterResult.Registered) Stages.await(all.get(i));
            assertThat(registered.contacts())
                    .extracting(ContactBinding::contact)
                    .containsExactly("sip:u" + i);
            assertThat(registered.contacts().get(0).expires()).isEqualTo(Duration.ofHours(1));
        }
        assertThat(stores.statistics().batches()).isLessThan(200);
    }

    @Test
    void aContactThatCannotBeRead_hidesNoOther() {
        Stages.await(register(stores, "sip:a@1", 1));
        Stages.await(register(stores, "sip:a@2", 1));
        TestServer.run("UPDATE " + schema + ".contact SET node = 'no such form' WHERE contact = 'sip:a@1'");
        assertThat(Stages.await(stores.locations().find(ALICE)))
                .extracting(ContactBinding::contact)
                .containsExactly("sip:a@2");
        TestServer.run("UPDATE " + schema + ".contact SET node = 'no such form'");
        assertThat(Stages.failure(stores.locations().find(ALICE))).isInstanceOf(StoreCorruptException.class);
    }
}
