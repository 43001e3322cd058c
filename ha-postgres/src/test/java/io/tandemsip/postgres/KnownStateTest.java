package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.postgres.KnownState.Row;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownStateTest {
    private final KnownState known = new KnownState();

    @Test
    void read_givesWhatIsNew_andWhatIsGone() {
        assertThat(known.read(7, List.of(row("a", 5, "one"), row("b", 7, "two"))))
                .containsExactly(put("a", 5, "one"), put("b", 7, "two"));
        assertThat(known.revision()).isEqualTo(7);
        assertThat(known.read(9, List.of(unchanged("a", 5), row("c", 9, "three"))))
                .containsExactlyInAnyOrder(put("c", 9, "three"), new SharedChange.Gone("b"));
        assertThat(known.entries()).extracting(SharedEntry::key).containsExactly("a", "c");
    }

    /** After a failover that lost the last writes. Fails when an older version is taken for news. */
    @Test
    void read_ofAnOlderVersion_keepsTheOneThatIsKnown() {
        known.read(7, List.of(row("a", 7, "new")));
        assertThat(known.read(6, List.of(row("a", 5, "old")))).isEmpty();
        assertThat(known.entries()).containsExactly(new SharedEntry("a", "new", 7));
        assertThat(known.read(8, List.of(row("a", 8, "newer")))).containsExactly(put("a", 8, "newer"));
    }

    /** Fails when a key whose value was not sent, since it was thought known, is forgotten about. */
    @Test
    void read_ofANewVersionWithoutAValue_asksForEverythingAnew() {
        known.read(7, List.of(row("a", 7, "one")));
        assertThat(known.read(7, List.of(unchanged("a", 7), unchanged("b", 6)))).isEmpty();
        assertThat(known.revision()).isEqualTo(KnownState.NOTHING);
        assertThat(known.read(7, List.of(row("a", 7, "one"), row("b", 6, "two"))))
                .containsExactly(put("b", 6, "two"));
    }

    private static Row row(String key, long version, String value) {
        return new Row(key, version, Optional.of(value));
    }

    private static Row unchanged(String key, long version) {
        return new Row(key, version, Optional.empty());
    }

    private static SharedChange put(String key, long version, String value) {
        return new SharedChange.Put(new SharedEntry(key, value, version));
    }
}
