package io.tandemsip.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every {@link LocationStore} owes (RFC 3261 section 10.3). Extend it and answer with an empty store for each test;
 * {@link #passTime} lets the store's clock go on, by waiting where there is no other way.
 */
public abstract class LocationStoreContract {
    private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@example.org");
    private static final Duration HOUR = Duration.ofHours(1);

    /**
     * The store to be tried.
     *
     * @return the same one throughout a test, empty at its start
     */
    protected abstract LocationStore store();

    /**
     * Lets the store's clock go on.
     *
     * @param time how far
     */
    protected abstract void passTime(Duration time);

    /**
     * The same store as another process sees it: closing it leaves {@link #store} as it is.
     *
     * @return empty unless overridden, for a store that one process alone has
     */
    protected Optional<LocationStore> storeElsewhere() {
        return Optional.empty();
    }

    /**
     * An expiry that may pass within a test.
     *
     * @return 2 s unless overridden
     */
    protected Duration shortLife() {
        return Duration.ofSeconds(2);
    }

    /** All contacts of a user are found, the preferred one first, with everything that was written. */
    @Test
    public void find_givesAllContacts_highestQFirst() {
        ContactBinding full = new ContactBinding(
                "sip:alice@desk",
                "c1",
                1,
                HOUR,
                200,
                List.of("<sip:edge1;lr>", "<sip:edge2;lr>"),
                "",
                0,
                Optional.of(NodeId.of("fs1")),
                "flow-7");
        assertThat(register(full, contact("sip:alice@mobile", "c1", 1, HOUR, 900)))
                .isInstanceOf(RegisterResult.Registered.class);
        List<ContactBinding> found = find();
        assertThat(found).extracting(ContactBinding::contact).containsExactly("sip:alice@mobile", "sip:alice@desk");
        ContactBinding desk = found.get(1);
        assertThat(desk.path()).isEqualTo(full.path());
        assertThat(desk.node()).isEqualTo(full.node());
        assertThat(desk.flow()).isEqualTo("flow-7");
        assertThat(desk.expires()).isBetween(HOUR.minusSeconds(30), HOUR);
        assertThat(await(store().find(new AddressOfRecord("sip:bob@example.org"))))
                .isEmpty();
    }

    /** A REGISTER that comes late is refused as a whole. */
    @Test
    public void register_outOfOrder_writesNothing() {
        register(contact("sip:a@1", "c1", 5, HOUR, 1000));
        RegisterResult late = register(contact("sip:a@2", "c1", 4, HOUR, 1000), contact("sip:a@1", "c1", 4, HOUR, 1));
        assertThat(late).isInstanceOf(RegisterResult.OutOfOrder.class);
        assertThat(register(contact("sip:a@1", "c1", 5, HOUR, 1))).isInstanceOf(RegisterResult.OutOfOrder.class);
        assertThat(find()).extracting(ContactBinding::contact).containsExactly("sip:a@1");
        assertThat(find().get(0).quality()).isEqualTo(1000);
        assertThat(register(contact("sip:a@1", "c1", 6, HOUR, 7))).isInstanceOf(RegisterResult.Registered.class);
        assertThat(find().get(0).quality()).isEqualTo(7);
    }

    /** Another Call-ID means a client that was restarted: its CSeq says nothing. */
    @Test
    public void register_withAnotherCallId_overwrites() {
        register(contact("sip:a@1", "c1", 500, HOUR, 1000));
        assertThat(register(contact("sip:a@1", "c2", 1, HOUR, 7))).isInstanceOf(RegisterResult.Registered.class);
        assertThat(find().get(0).quality()).isEqualTo(7);
    }

    /** An expiry of zero removes, together with what else the REGISTER says. */
    @Test
    public void register_withZeroExpiry_removesTheContact() {
        register(contact("sip:a@1", "c1", 1, HOUR, 1000), contact("sip:a@2", "c1", 1, HOUR, 1000));
        register(contact("sip:a@1", "c1", 2, Duration.ZERO, 1000), contact("sip:a@3", "c1", 2, HOUR, 1000));
        assertThat(find()).extracting(ContactBinding::contact).containsExactlyInAnyOrder("sip:a@2", "sip:a@3");
    }

    /** Instance and reg-id are who a contact is, whatever its URI says (RFC 5626). */
    @Test
    public void register_ofTheSameInstanceAndRegId_replacesTheUri() {
        register(outbound("sip:a@1.1.1.1", 1, 1), outbound("sip:a@1.1.1.1", 2, 1));
        assertThat(find()).hasSize(2);
        register(outbound("sip:a@2.2.2.2", 1, 2));
        assertThat(find())
                .extracting(ContactBinding::contact)
                .containsExactlyInAnyOrder("sip:a@1.1.1.1", "sip:a@2.2.2.2");
    }

    /** What was registered through one router and one node is found through every other, also when both are gone. */
    @Test
    public void find_throughAnotherRouter_whenTheOneThatRegisteredIsGone() {
        Optional<LocationStore> elsewhere = storeElsewhere();
        ContactBinding alice = throughNode("fs1", "flow-1", 1);
        await(elsewhere.orElseGet(this::store).register(ALICE, List.of(alice)));
        elsewhere.ifPresent(LocationStore::close);
        assertThat(find()).extracting(ContactBinding::node).containsExactly(Optional.of(NodeId.of("fs1")));
        assertThat(find().get(0).flow()).isEqualTo("flow-1");
    }

    /** Node and flow are those of the last REGISTER: a phone that comes back through another node is called there. */
    @Test
    public void register_throughAnotherNode_movesTheContactThere() {
        await(store().register(ALICE, List.of(throughNode("fs1", "flow-1", 1))));
        await(store().register(ALICE, List.of(throughNode("fs2", "flow-2", 2))));
        assertThat(find()).hasSize(1);
        assertThat(find().get(0).node()).contains(NodeId.of("fs2"));
        assertThat(find().get(0).flow()).isEqualTo("flow-2");
        assertThat(find().get(0).path()).isEqualTo(List.of("<sip:fs2;lr>"));
    }

    private static ContactBinding throughNode(String node, String flow, long cseq) {
        return new ContactBinding(
                "sip:alice@desk",
                "c1",
                cseq,
                HOUR,
                1000,
                List.of("<sip:" + node + ";lr>"),
                "<urn:uuid:00000000>",
                1,
                Optional.of(NodeId.of(node)),
                flow);
    }

    /** A removal that comes late removes nothing, one of what is not there is no mistake, and the answer lists what stands. */
    @Test
    public void register_answersWithAllThatStands_andRemovesInOrderOnly() {
        register(contact("sip:a@1", "c1", 5, HOUR, 100), contact("sip:a@2", "c1", 5, HOUR, 900));
        assertThat(register(contact("sip:a@1", "c1", 4, Duration.ZERO, 1000)))
                .isInstanceOf(RegisterResult.OutOfOrder.class);
        RegisterResult after = register(contact("sip:a@9", "c1", 6, Duration.ZERO, 1000));
        assertThat(((RegisterResult.Registered) after).contacts())
                .extracting(ContactBinding::contact)
                .containsExactly("sip:a@2", "sip:a@1");
    }

    /** The wildcard of a client that was restarted removes all; what is over has no order any more. */
    @Test
    public void unregisterAll_withAnotherCallId_removesEverything() {
        register(contact("sip:a@1", "c1", 500, HOUR, 1000));
        register(contact("sip:a@2", "c2", 3, HOUR, 1000));
        assertThat(await(store().unregisterAll(ALICE, "c2", 2))).isInstanceOf(RegisterResult.OutOfOrder.class);
        assertThat(find()).hasSize(2);
        assertThat(await(store().unregisterAll(ALICE, "c3", 1))).isEqualTo(new RegisterResult.Registered(List.of()));
        assertThat(register(contact("sip:a@1", "c1", 1, HOUR, 1000))).isInstanceOf(RegisterResult.Registered.class);
    }

    /** The wildcard removes all, unless it comes late. */
    @Test
    public void unregisterAll_removesEverything_unlessItComesLate() {
        register(contact("sip:a@1", "c1", 5, HOUR, 1000), contact("sip:a@2", "c1", 5, HOUR, 1000));
        assertThat(await(store().unregisterAll(ALICE, "c1", 5))).isInstanceOf(RegisterResult.OutOfOrder.class);
        assertThat(find()).hasSize(2);
        assertThat(await(store().unregisterAll(ALICE, "c1", 6))).isEqualTo(new RegisterResult.Registered(List.of()));
        assertThat(find()).isEmpty();
    }

    /** Contacts expire by the store's clock; a refresh lets them live on. */
    @Test
    public void contacts_expire_unlessTheyAreRefreshed() {
        register(contact("sip:a@1", "c1", 1, shortLife(), 1000), contact("sip:a@2", "c1", 1, shortLife(), 1000));
        register(contact("sip:a@2", "c1", 2, HOUR, 1000));
        passTime(shortLife().plusMillis(500));
        assertThat(find()).extracting(ContactBinding::contact).containsExactly("sip:a@2");
        assertThat(register(contact("sip:a@1", "c1", 1, HOUR, 1000)))
                .as("the order of what is over")
                .isInstanceOf(RegisterResult.Registered.class);
    }

    /** Mistakes are told at once. */
    @Test
    public void mistakes_areToldAtOnce() {
        assertThatThrownBy(() -> store().register(ALICE, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    /** What is asked of a closed store fails through the stage. */
    @Test
    public void close_makesEverythingFailAsUnavailable() {
        store().close();
        store().close();
        for (CompletionStage<?> stage : List.of(
                store().find(ALICE),
                store().register(ALICE, List.of(contact("sip:a@1", "c1", 1, HOUR, 1))),
                store().unregisterAll(ALICE, "c1", 1))) {
            assertThatThrownBy(() -> await(stage)).hasRootCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    private RegisterResult register(ContactBinding... contacts) {
        return await(store().register(ALICE, List.of(contacts)));
    }

    private List<ContactBinding> find() {
        return await(store().find(ALICE));
    }

    private static ContactBinding contact(String uri, String callId, long cseq, Duration expires, int quality) {
        return new ContactBinding(uri, callId, cseq, expires, quality, List.of(), "", 0, Optional.empty(), "");
    }

    private static ContactBinding outbound(String uri, int regId, long cseq) {
        return new ContactBinding(
                uri, "c1", cseq, HOUR, 1000, List.of(), "<urn:uuid:00000000>", regId, Optional.empty(), "");
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("the store's stage failed", failure);
        }
    }
}
