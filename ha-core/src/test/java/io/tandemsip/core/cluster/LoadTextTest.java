package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class LoadTextTest {
    /** Fails when nodes without calls are written, or a name is cut at its first equals sign. */
    @Property(tries = 200)
    void whatIsWritten_isRead(
            @ForAll @Size(max = 50)
                    Map<@AlphaChars @NumericChars @StringLength(min = 1, max = 20) String, @IntRange(min = 1) Integer>
                            counts) {
        Map<NodeId, Integer> calls = new HashMap<>();
        counts.forEach((name, count) -> calls.put(NodeId.of(name), count));
        assertThat(LoadText.read(new LoadText(calls, Map.of()).text())).isEqualTo(new LoadText(calls, Map.of()));
        assertThat(LoadText.read(new LoadText(calls, calls).text())).isEqualTo(new LoadText(calls, calls));
    }

    @Example
    void ofTooManyNodes_theMostLoadedAreTold() {
        Map<NodeId, Integer> calls = new HashMap<>();
        for (int i = 1; i <= 20_000; i++) {
            calls.put(NodeId.of("node-" + i), i);
        }
        String text = new LoadText(calls, Map.of()).text();
        assertThat(text.length()).isLessThanOrEqualTo(65_536);
        assertThat(LoadText.read(text).calls())
                .containsEntry(NodeId.of("node-20000"), 20_000)
                .hasSizeGreaterThan(3_000);
    }

    /** What another version or a stranger wrote is no count. Fails when one bad word hides the others, or throws. */
    @Example
    void whatCannotBeRead_countsAsNothing() {
        assertThat(LoadText.read("2 a=1")).isEqualTo(LoadText.NONE);
        assertThat(LoadText.read("")).isEqualTo(LoadText.NONE);
        assertThat(LoadText.read("1 a=1 b c= =4 d=-1 e=x f=99999999999 g=2").calls())
                .isEqualTo(Map.of(NodeId.of("a"), 1, NodeId.of("g"), 2));
    }
}
