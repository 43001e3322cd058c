package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;

/** Whatever becomes of messages, those who watch end up with what stands, and are never told an older version. */
class KnownStatePropertiesTest {
    private KnownState known = new KnownState();
    private Map<String, SharedEntry> told = new TreeMap<>();
    private Map<String, Long> newest = new HashMap<>();

    @BeforeTry
    void forget() {
        known = new KnownState();
        told = new TreeMap<>();
        newest = new HashMap<>();
    }

    /**
     * Changes at random, of which messages get lost, come twice or late; a reading after each gap and at the end, as the
     * feed does it. Fails when {@code hear} does not look at the revision before.
     */
    @Property
    void watchers_endWithWhatStands_andNeverGoBack(@ForAll Random random) {
        Map<String, SharedEntry> standing = new TreeMap<>();
        List<StateNews> sent = new ArrayList<>();
        long revision = 0;
        for (int step = 0; step < 60; step++) {
            String key = "k" + random.nextInt(4);
            long before = revision;
            if (random.nextInt(3) > 0) {
                revision += 1 + random.nextInt(5);
                SharedEntry entry = new SharedEntry(key, "v" + revision, revision);
                standing.put(key, entry);
                sent.add(new StateNews(before, revision, new SharedChange.Put(entry)));
            } else if (standing.remove(key) != null) {
                revision += 1 + random.nextInt(5);
                sent.add(new StateNews(before, revision, new SharedChange.Gone(key)));
            }
            if (!sent.isEmpty()) {
                int back = random.nextInt(Math.min(3, sent.size()));
                deliver(sent.get(sent.size() - 1 - back), revision, standing);
                if (back == 0) {
                    assertThat(told).as("after the newest message").isEqualTo(standing);
                }
            }
        }
        tell(known.read(new StateReading(revision, List.copyOf(standing.values()), 0)));
        assertThat(told).isEqualTo(standing);
        assertThat(known.entries()).containsExactlyElementsOf(standing.values());
    }

    private void deliver(StateNews news, long revision, Map<String, SharedEntry> standing) {
        Optional<List<SharedChange>> changes = known.hear(news);
        tell(changes.orElseGet(() -> known.read(new StateReading(revision, List.copyOf(standing.values()), 0))));
    }

    private void tell(List<SharedChange> changes) {
        for (SharedChange change : changes) {
            if (change instanceof SharedChange.Put put) {
                assertThat(put.entry().version()).isGreaterThan(newest.getOrDefault(put.key(), 0L));
                newest.put(put.key(), put.entry().version());
                told.put(put.key(), put.entry());
            } else {
                assertThat(told.remove(change.key())).isNotNull();
            }
        }
    }

    /** After a failover that lost the last writes. Fails when an older version is taken for news. */
    @Example
    void read_ofAnOlderVersion_keepsTheOneThatIsKnown() {
        tell(known.read(reading(7, entry("a", 7), entry("b", 6))));
        tell(known.read(reading(5, entry("a", 5))));
        assertThat(told.values()).containsExactly(entry("a", 7));
        assertThat(known.hear(new StateNews(5, 8, new SharedChange.Put(entry("a", 8)))))
                .hasValue(List.of(new SharedChange.Put(entry("a", 8))));
    }

    /** Fails when what comes twice or late is taken for a gap: each would cost a reading of everything. */
    @Example
    void hear_ofWhatIsKnown_isNoGap() {
        known.read(reading(7, entry("a", 7)));
        assertThat(known.hear(new StateNews(5, 7, new SharedChange.Put(entry("a", 7)))))
                .hasValue(List.of());
        assertThat(known.hear(new StateNews(3, 5, new SharedChange.Gone("a")))).hasValue(List.of());
    }

    @Example
    void newsOfADamagedKind_areNoNews() {
        assertThat(StateNews.parse("1P5 7 key with space\nva\rlue"))
                .contains(new StateNews(5, 7, new SharedChange.Put(new SharedEntry("key with space", "va\rlue", 7))));
        assertThat(StateNews.parse("1G5 7 key\n")).contains(new StateNews(5, 7, new SharedChange.Gone("key")));
        for (String damaged :
                List.of("", "1P5 7 key", "2P5 7 key\nv", "1X5 7 key\nv", "1P5 7 key\n\\", "1P5 x key\nv")) {
            assertThat(StateNews.parse(damaged)).isEmpty();
        }
    }

    private static SharedEntry entry(String key, long version) {
        return new SharedEntry(key, "v" + version, version);
    }

    private static StateReading reading(long revision, SharedEntry... entries) {
        return new StateReading(revision, List.of(entries), 0);
    }
}
