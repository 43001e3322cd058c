package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.NodeId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyspaceTest {
    private static final NodeId NODE = NodeId.of("fs1.a-b");

    private final Keyspace cluster =
            Keyspace.of("tandem", ServerUri.parse("redis-cluster://127.0.0.1:7000,127.0.0.1:7001"));

    /** What one script touches must be in one slot. */
    @Test
    void whatOneScriptTouches_isInOneSlot() {
        for (int bucket = 0; bucket < cluster.buckets(); bucket++) {
            assertThat(List.of(
                            cluster.dialogs(bucket) + "member",
                            cluster.fences(bucket),
                            cluster.index(bucket, DialogPhase.EARLY, NODE),
                            cluster.index(bucket, DialogPhase.CONFIRMED, NODE)))
                    .extracting(SlotHash::getSlot)
                    .containsOnly(SlotHash.getSlot(cluster.fences(bucket)));
        }
        assertThat(List.of(cluster.values(), cluster.expiries(), cluster.revision()))
                .extracting(SlotHash::getSlot)
                .containsOnly(SlotHash.getSlot(cluster.values()));
    }

    /** Fails when all dialogs are in few buckets: one server of a Cluster would carry them. */
    @Test
    void dialogs_spreadOverACluster() {
        int[] perServer = new int[3];
        IntStream.range(0, 30_000)
                .map(i -> cluster.bucket("call-" + i + "@host"))
                .forEach(bucket -> perServer[SlotHash.getSlot(cluster.fences(bucket)) * 3 / SlotHash.SLOT_COUNT]++);
        assertThat(IntStream.of(perServer).boxed())
                .allSatisfy(dialogs -> assertThat(dialogs).isBetween(8_000, 12_000));
    }

    /** The format that is stored: routers of other versions must come to the same. */
    @Test
    void names_areAsTheReferenceSays() {
        Keyspace one = Keyspace.of("tandem", ServerUri.parse("redis://127.0.0.1/3"));
        assertThat(one.dialogs(one.bucket("any"))).isEqualTo("tandem:{0}:d:");
        assertThat(one.index(0, DialogPhase.CONFIRMED, NodeId.of("fs1"))).isEqualTo("tandem:{0}:n:C:fs1");
        assertThat(one.fences(0)).isEqualTo("tandem:{0}:fences");
        assertThat(one.news()).isEqualTo("tandem:{state}:news:3");
        assertThat(one.user("m")).isEqualTo("tandem:{m}:user");
        assertThat(cluster.bucket("a84b4c76e66710@pc33.example.org")).isEqualTo(189);
        assertThat(StoredKey.of("c\na\nb")).isEqualTo("7BQ6OUA9QJCNMIac-VG-fA").hasSize(22);
    }
}
