package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the contract does not ask: other routers, damage, names of any kind, races. */
class RedisLocationStoreIT {
    private static final AddressOfRecord ALICE = new AddressOfRecord("sip:alice@example.org");
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestRedis redis = TestRedis.ONE_SERVER;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores = redis.stores(prefix).connect();
    private final LocationStore locations = stores.locations();
    private final RedisClusterCommands<String, String> raw = redis.raw();

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    private static ContactBinding contact(String uri, long cseq, Duration expires) {
        return new ContactBinding(uri, "c1", cseq, expires, 1000, List.of(), "", 0, Optional.of(NodeId.of("fs1")), "");
    }

    private RegisterResult register(ContactBinding... contacts) {
        return Stages.await(locations.register(ALICE, List.of(contacts)));
    }

    private String key() {
        return raw.keys(prefix + ":*:user").get(0);
    }

    @Test
    void aUserRegisteredThroughOneRouter_isFoundThroughEveryOther() {
        register(contact("sip:a@1", 1, HOUR));
        try (RedisStores other = redis.stores(prefix).connect()) {
            assertThat(Stages.await(other.locations().find(ALICE)))
                    .extracting(ContactBinding::contact)
                    .containsExactly("sip:a@1");
        }
    }

    /** Fails when CSeqs are compared as Lua's numbers. */
    @Test
    void cseqsBeyondWhatADoubleHolds_areToldApart() {
        register(contact("sip:a@1", Long.MAX_VALUE - 1, HOUR));
        assertThat(register(contact("sip:a@1", Long.MAX_VALUE - 1, HOUR)))
                .isInstanceOf(RegisterResult.OutOfOrder.class);
        assertThat(register(contact("sip:a@1", Long.MAX_VALUE, HOUR))).isInstanceOf(RegisterResult.Registered.class);
        assertThat(Stages.await(locations.unregisterAll(ALICE, "c1", Long.MAX_VALUE - 1)))
                .isInstanceOf(RegisterResult.OutOfOrder.class);
    }

    /** Of many REGISTERs that race, the newest stands, whatever order they came in. */
    @Test
    void registersThatRace_leaveTheNewest() {
        List<CompletionStage<RegisterResult>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(locations.register(ALICE, List.of(contact("sip:a@1", (i * 37) % 200 + 1, HOUR))));
        }
        answers.forEach(Stages::await);
        assertThat(Stages.await(locations.find(ALICE)).get(0).cseq()).isEqualTo(200);
    }

    @Test
    void aUserWhoseContactsExpired_leavesNothing_andAnExpiredContactGoesWithTheNextRegister() {
        register(contact("sip:a@1", 1, Duration.ofMillis(300)), contact("sip:a@2", 1, Duration.ofMillis(600)));
        assertThat(raw.pttl(key())).isBetween(1L, 600L);
        redis.passTime(Duration.ofMillis(400));
        register(contact("sip:a@3", 2, Duration.ofMillis(300)));
        assertThat(raw.hlen(key())).isLessThanOrEqualTo(2);
        redis.passTime(Duration.ofMillis(400));
        assertThat(raw.keys(prefix + ":*")).isEmpty();
    }

    @Test
    void whatAnotherVersionWrote_hidesNoOther_andIsToldWhereItIsAlone() {
        register(contact("sip:a@1", 1, HOUR));
        raw.hset(key(), "x", "2 something that will be thought of later");
        assertThat(Stages.await(locations.find(ALICE))).hasSize(1);
        raw.hset(
                key(),
                raw.hkeys(key()).stream()
                        .filter(field -> !field.equals("x"))
                        .findFirst()
                        .orElseThrow(),
                "3");
        assertThat(Stages.failure(locations.find(ALICE))).isInstanceOf(StoreCorruptException.class);
        assertThat(register(contact("sip:a@1", 1, HOUR))).isInstanceOf(RegisterResult.Registered.class);
    }

    @Test
    void valuesOfAnyKind_comeBack() {
        for (String text : List.of("plain", "a\nb", "\\u000a", "\ud800", "\0€", "x".repeat(10_000))) {
            ContactBinding written = new ContactBinding(
                    text, text, 7, HOUR, 500, List.of(text, "", text), text, 3, Optional.of(NodeId.of("fs1")), text);
            AddressOfRecord user = new AddressOfRecord("sip:" + text);
            Stages.await(locations.register(user, List.of(written)));
            ContactBinding read = Stages.await(locations.find(user)).get(0);
            assertThat(new ContactBinding(
                            read.contact(),
                            read.callId(),
                            read.cseq(),
                            HOUR,
                            read.quality(),
                            read.path(),
                            read.instanceId(),
                            read.regId(),
                            read.node(),
                            read.flow()))
                    .isEqualTo(written);
            assertThat(read.expires()).isBetween(HOUR.minusSeconds(60), HOUR);
        }
    }
}
