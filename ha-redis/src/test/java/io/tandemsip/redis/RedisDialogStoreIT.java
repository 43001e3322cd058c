package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the contract does not ask: batches, an index that lost one of its pair, damage, names of any kind. */
@ParameterizedClass
@EnumSource(names = {"ONE_SERVER", "CLUSTER"})
class RedisDialogStoreIT {
    private final TestRedis redis;
    private final String prefix = TestRedis.newPrefix();
    private final RedisStores stores;
    private final DialogStore dialogs;
    private final RedisClusterCommands<String, String> raw;

    RedisDialogStoreIT(TestRedis redis) {
        this.redis = redis;
        stores = redis.stores(prefix).connect();
        dialogs = stores.dialogs();
        raw = redis.raw();
    }

    @AfterEach
    void end() {
        stores.close();
        redis.drop(prefix);
    }

    private BindResult bind(String callId) {
        return Stages.await(Dialogs.bind(stores, callId));
    }

    private long count() {
        return Stages.await(dialogs.count(Dialogs.NODE));
    }

    private String key(DialogId dialog) {
        return only(raw.keys(prefix + ":*:d:" + DialogName.of(dialog).member()));
    }

    private String index() {
        return only(raw.keys(prefix + ":*:n:C:" + Dialogs.NODE));
    }

    private static String only(List<String> keys) {
        assertThat(keys).hasSize(1);
        return keys.get(0);
    }

    private List<DialogBinding> listAll(int limit) {
        List<DialogBinding> all = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages == 0 || !cursor.isEmpty(); pages++) {
            assertThat(pages).as("pages").isLessThan(1_000);
            DialogPage page = Stages.await(dialogs.list(Dialogs.NODE, cursor, limit));
            all.addAll(page.bindings());
            cursor = page.nextCursor();
        }
        return all;
    }

    /** Fails when a batch answers one request with another's result. */
    @Test
    void manyAtOnce_shareRoundTrips_andEachGetsItsOwnAnswer() {
        int many = 2_000;
        bind("c7");
        Stages.await(dialogs.end(Dialogs.id("c7"), Dialogs.HOUR));
        Stages.await(dialogs.fence(NodeId.of("fenced"), 9));
        long batches = stores.statistics().batches();
        List<CompletionStage<BindResult>> answers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            NodeId owner = i % 10 == 3 ? NodeId.of("fenced") : Dialogs.NODE;
            answers.add(dialogs.bind(
                    new DialogBinding(
                            Dialogs.id("c" + i), owner, new Incarnation("life-" + i), 0, DialogPhase.CONFIRMED),
                    Dialogs.HOUR));
        }
        List<CompletionStage<DialogLookup>> found = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            BindResult answer = Stages.await(answers.get(i));
            if (i == 7) {
                assertThat(answer).isInstanceOf(BindResult.AlreadyEnded.class);
            } else if (i % 10 == 3) {
                assertThat(answer).isEqualTo(new BindResult.Fenced(9));
            } else {
                assertThat(((BindResult.Bound) answer).binding().incarnation().value())
                        .isEqualTo("life-" + i);
            }
            found.add(dialogs.find(Dialogs.id("c" + i)));
        }
        for (int i = 0; i < many; i++) {
            DialogLookup each = Stages.await(found.get(i));
            if (i % 10 == 3) {
                assertThat(each).isInstanceOf(DialogLookup.Absent.class);
            } else if (i != 7) {
                assertThat(((DialogLookup.Found) each).binding().dialog()).isEqualTo(Dialogs.id("c" + i));
            }
        }
        assertThat(count()).isEqualTo(many - many / 10 - 1);
        if (redis == TestRedis.ONE_SERVER) {
            assertThat(stores.statistics().batches() - batches).isLessThan(many);
        }
    }

    /** Fails when a lane sends the second write of a dialog before the first was answered. */
    @Test
    void writesOfOneDialog_keepTheirOrder_howeverManyAreUnderWay() {
        List<CompletionStage<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            DialogId early = DialogId.early("same", "a");
            dialogs.bind(
                    new DialogBinding(early, Dialogs.NODE, Incarnation.UNKNOWN, 0, DialogPhase.EARLY), Dialogs.HOUR);
            ends.add(dialogs.end(early, Dialogs.HOUR));
        }
        assertThat(ends).allSatisfy(each -> assertThat(Stages.await(each)).isTrue());
    }

    @Test
    void aLostDialog_isDroppedFromTheIndex_whenItIsListedOrCounted() {
        bind("kept");
        bind("lost");
        bind("lost-too");
        raw.del(key(Dialogs.id("lost")));
        assertThat(listAll(10))
                .extracting(each -> each.dialog().callId())
                .containsExactlyInAnyOrder("kept", "lost-too");
        assertThat(count()).isEqualTo(2);
        raw.del(key(Dialogs.id("lost-too")));
        assertThat(count()).isEqualTo(1);
        assertThat(raw.zcard(index())).isOne();
    }

    @Test
    void aLostIndex_isMended_byARefresh_andByABindOfTheSame() {
        bind("c");
        raw.del(index());
        assertThat(count()).isZero();
        assertThat(Stages.await(dialogs.refresh(Dialogs.id("c"), Duration.ofMinutes(1))))
                .isTrue();
        assertThat(count()).isOne();
        assertThat(listAll(10)).hasSize(1);
        raw.del(index());
        bind("c");
        assertThat(count()).isOne();
    }

    /** A silent node's index goes as its dialogs do. */
    @Test
    void whatExpired_leavesNothing() {
        Stages.await(Dialogs.bind(stores, "short", Duration.ofMillis(300)));
        assertThat(raw.pttl(index())).isBetween(1L, 600L);
        redis.passTime(Duration.ofMillis(700));
        assertThat(raw.keys(prefix + ":*")).isEmpty();
    }

    /** Fails when the cursor is an expiry alone: all of these have the same. */
    @Test
    void list_ofManyBoundInOneMoment_givesEach_withPagesOfAnySize() {
        int many = 300;
        Set<String> expected = new HashSet<>();
        List<CompletionStage<BindResult>> answers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            answers.add(Dialogs.bind(stores, "c" + i));
            expected.add("c" + i);
        }
        answers.forEach(Stages::await);
        String index = index(0);
        raw.zrange(index, 0, -1).forEach(member -> raw.zadd(index, 9e12, member));
        for (int limit : new int[] {1, 7, 100, 10_000}) {
            List<DialogBinding> all = listAll(limit);
            assertThat(all).extracting(each -> each.dialog().callId()).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private String index(int at) {
        return raw.keys(prefix + ":*:n:C:" + Dialogs.NODE).get(at);
    }

    @Test
    void whatAnotherVersionWrote_isToldAsCorrupt_andPassedOverInListings() {
        bind("good");
        bind("bad");
        raw.set(key(Dialogs.id("bad")), "2 something that will be thought of later");
        assertThat(Stages.failure(dialogs.find(Dialogs.id("bad")))).isInstanceOf(StoreCorruptException.class);
        assertThat(Stages.failure(dialogs.refresh(Dialogs.id("bad"), Dialogs.HOUR)))
                .isInstanceOf(StoreCorruptException.class);
        assertThat(Stages.failure(Dialogs.bind(stores, "bad"))).isInstanceOf(StoreCorruptException.class);
        assertThat(listAll(10)).extracting(each -> each.dialog().callId()).containsExactly("good");
        assertThat(stores.statistics().unreadable()).isOne();
        raw.del(key(Dialogs.id("bad")));
        raw.hset(key("bad"), "a", "hash");
        assertThat(bind("bad")).isInstanceOf(BindResult.Bound.class);
    }

    private String key(String callId) {
        int buckets = redis == TestRedis.CLUSTER ? 256 : 1;
        Keyspace keys = new Keyspace(prefix, 0, buckets);
        return keys.dialogs(keys.bucket(callId))
                + DialogName.of(Dialogs.id(callId)).member();
    }

    /** Whatever somebody sends as a Call-ID, a tag or a node's name, it comes back, and is nobody else's. */
    @Test
    void namesOfAnyKind_comeBack_andAreToldApart() {
        List<String> names = List.of(
                "plain",
                "line\nline",
                "line\\nline",
                "line\\u000aline",
                "{0}",
                "a}b{c",
                "\0",
                "\ud800",
                "?",
                "€😀",
                "x".repeat(20_000),
                " ",
                "\r\n");
        for (String name : names) {
            DialogBinding binding = new DialogBinding(
                    new DialogId(name, "tag" + name, name),
                    Dialogs.NODE,
                    new Incarnation("life" + name.substring(0, 1)),
                    Long.MAX_VALUE,
                    DialogPhase.CONFIRMED);
            assertThat(Stages.await(dialogs.bind(binding, Dialogs.HOUR))).isEqualTo(new BindResult.Bound(binding));
            assertThat(Stages.await(dialogs.find(binding.dialog()))).isEqualTo(new DialogLookup.Found(binding));
        }
        assertThat(count()).isEqualTo(names.size());
        assertThat(listAll(3)).extracting(each -> each.dialog().callId()).containsExactlyInAnyOrderElementsOf(names);
    }

    /** Fails when epochs are compared as Lua's numbers, which have 53 bits. */
    @Test
    void epochsBeyondWhatADoubleHolds_areToldApart() {
        NodeId other = NodeId.of("other");
        long high = Long.MAX_VALUE;
        Stages.await(dialogs.bind(
                new DialogBinding(Dialogs.id("c"), Dialogs.NODE, Incarnation.UNKNOWN, high - 1, DialogPhase.CONFIRMED),
                Dialogs.HOUR));
        assertThat(Stages.await(dialogs.bind(
                        new DialogBinding(Dialogs.id("c"), other, Incarnation.UNKNOWN, high, DialogPhase.CONFIRMED),
                        Dialogs.HOUR)))
                .isInstanceOf(BindResult.Bound.class);
        assertThat(Stages.await(dialogs.fence(other, high))).isEqualTo(high);
        assertThat(Stages.await(dialogs.bind(
                        new DialogBinding(Dialogs.id("d"), other, Incarnation.UNKNOWN, high - 1, DialogPhase.EARLY),
                        Dialogs.HOUR)))
                .isEqualTo(new BindResult.Fenced(high));
    }

    @Test
    void aCursorThatNoPageGave_isRefused() {
        for (String cursor : List.of("x", "0 C 1", "999 C 0 ", "0 X 0 ")) {
            assertThatThrownBy(() -> dialogs.list(Dialogs.NODE, cursor, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(cursor);
        }
    }
}
