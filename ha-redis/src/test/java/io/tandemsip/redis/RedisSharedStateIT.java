package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract does not ask: losses, damage, expiry that nobody asked about. */
@ParameterizedClass
@EnumSource(names = {"ONE_SERVER", "CLUSTER"})
class RedisSharedStateIT {
    private final TestRedis redis;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores;
    private final SharedState state;
    private final RedisClusterCommands<String, String> raw;
    private final BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();

    RedisSharedStateIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
        state = stores.sharedState();
        raw = redis.raw();
    }

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    private long set(String key, String value, Duration life) {
        return ((CasResult.Applied) Stages.await(state.compareAndSet(key, SharedState.ABSENT, value, life))).version();
    }

    private SharedChange next() throws InterruptedException {
        return changes.poll(10, TimeUnit.SECONDS);
    }

    private String name(String last) {
        return prefix + ":{state}:" + last;
    }

    /** Fails when nobody looks at the revision: nothing is published here. */
    @Test
    void aPublicationThatWasLost_costsALookAtMost() throws Exception {
        try (Subscription watch = state.watch("", changes::add)) {
            assertThat(watch).isNotNull();
            long version = set("k", "1", Duration.ZERO);
            assertThat(next()).isEqualTo(new SharedChange.Put(new SharedEntry("k", "1", version)));
            long later = version + 1_000_000_000L;
            raw.hset(name("values"), "silent", "1" + later + " 0\n2");
            raw.set(name("revision"), Long.toString(later));
            assertThat(next()).isEqualTo(new SharedChange.Put(new SharedEntry("silent", "2", later)));
            assertThat(set("after", "3", Duration.ZERO)).isEqualTo(later + 1);
            assertThat(next().key()).isEqualTo("after");
        }
    }

    /** Nobody asks for the key, no other router is there: the one that watches sees to it. */
    @Test
    void expiry_isToldToThoseWhoWatch_andLeavesNothing() throws Exception {
        try (Subscription watch = state.watch("", changes::add)) {
            assertThat(watch).isNotNull();
            long version = set("k", "1", Duration.ofMillis(400));
            assertThat(next()).isEqualTo(new SharedChange.Put(new SharedEntry("k", "1", version)));
            assertThat(next()).isEqualTo(new SharedChange.Gone("k"));
            assertThat(raw.hexists(name("values"), "k")).isFalse();
            assertThat(raw.exists(name("expiries"))).isZero();
        }
    }

    /** Of those that expire together each is told, also to a router that hears of it by publication. */
    @Test
    void expiry_ofMany_isToldByWhoeverSeesItFirst_toAll() throws Exception {
        BlockingQueue<SharedChange> others = new LinkedBlockingQueue<>();
        try (RedisStores second = redis.stores(prefix).connect();
                Subscription watch = state.watch("", changes::add);
                Subscription other = second.sharedState().watch("", others::add)) {
            assertThat(List.of(watch, other)).doesNotContainNull();
            for (int i = 0; i < 20; i++) {
                set("k" + i, "1", Duration.ofMillis(500));
            }
            for (BlockingQueue<SharedChange> each : List.of(changes, others)) {
                for (int gone = 0; gone < 20; ) {
                    SharedChange change = each.poll(10, TimeUnit.SECONDS);
                    assertThat(change).isNotNull();
                    gone += change instanceof SharedChange.Gone ? 1 : 0;
                }
            }
        }
    }

    /** Versions go on when the entry with the revision was lost. */
    @Test
    void versions_growAlsoOverALostRevision() {
        long first = set("k", "1", Duration.ZERO);
        raw.del(name("revision"));
        assertThat(Stages.await(state.remove("k", first))).isInstanceOf(CasResult.Applied.class);
        assertThat(set("k", "2", Duration.ZERO)).isGreaterThan(first);
    }

    @Test
    void whatAnotherVersionWrote_isToldAsCorrupt_andPassedOverInListings() {
        set("good", "1", Duration.ZERO);
        raw.hset(name("values"), "bad", "2 something that will be thought of later");
        assertThat(Stages.failure(state.get("bad"))).isInstanceOf(StoreCorruptException.class);
        assertThat(Stages.failure(state.compareAndSet("bad", 0, "x", Duration.ZERO)))
                .isInstanceOf(StoreCorruptException.class);
        assertThat(Stages.await(state.list(""))).extracting(SharedEntry::key).containsExactly("good");
        assertThat(stores.statistics().unreadable()).isOne();
    }

    @Test
    void valuesOfAnyKind_comeBack_byReadingAndByNews() throws Exception {
        List<String> values = List.of("", "a\nb\r\n", "\\n", "\ud800", "€😀", "\0", "\u2028", "v".repeat(65_536));
        try (Subscription watch = state.watch("", changes::add)) {
            assertThat(watch).isNotNull();
            for (int i = 0; i < values.size(); i++) {
                String key = "key " + i + " ~";
                SharedEntry entry = new SharedEntry(key, values.get(i), set(key, values.get(i), Duration.ZERO));
                assertThat(Stages.await(state.get(key))).contains(entry);
                assertThat(next()).isEqualTo(new SharedChange.Put(entry));
            }
        }
        assertThat(Stages.await(state.list("key ")))
                .extracting(SharedEntry::value)
                .containsExactlyElementsOf(values);
    }

    /** What somebody else publishes on our channel changes nothing. */
    @Test
    void strangeNews_areNoNews() throws Exception {
        try (Subscription watch = state.watch("", changes::add)) {
            assertThat(watch).isNotNull();
            set("k", "1", Duration.ZERO);
            assertThat(next().key()).isEqualTo("k");
            for (String strange :
                    List.of("", "nonsense", "1P0 99999999999999999 x\n\\", "2P1 2 x\ny", "1P0 1 x\nold")) {
                raw.publish(name("news:0"), strange);
            }
            set("after", "2", Duration.ZERO);
            assertThat(next().key()).isEqualTo("after");
        }
    }
}
