package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.takeover.TakeoverTable;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TakeoverTextTest {
    private static final NodeId DEAD = NodeId.of("n1");

    private static Takeover takeover(long epoch, TakeoverState state, String life) {
        return new Takeover(
                DEAD,
                new Incarnation(life),
                NodeId.of("n2"),
                new Incarnation("its own=life, with blanks"),
                epoch,
                state,
                7,
                "it was taken over again since");
    }

    /** Fails when what moved before is lost on the way, or free text is taken for more than that. */
    @Test
    void whatMovedBefore_isReadAsItWasWritten() {
        Takeover last = new Takeover(
                DEAD,
                new Incarnation("c before0=1"),
                NodeId.of("n3"),
                Incarnation.UNKNOWN,
                9,
                TakeoverState.RECOVERED,
                3,
                "what\nwas seen",
                Map.of(LossReason.NOT_STORED, 2));
        List<Takeover> earlier = List.of(
                takeover(4, TakeoverState.FAILED, ""), takeover(6, TakeoverState.RECOVERED, "a life before1=x"));
        TakeoverText text = new TakeoverText(last, 12, earlier);
        TakeoverText read = TakeoverText.read(DEAD, text.text());
        assertThat(read).isNotNull();
        assertThat(read.earlier()).isEqualTo(earlier);
        assertThat(read.token()).isEqualTo(12);
        assertThat(read.takeover().lost()).isEqualTo(last.lost());
        assertThat(read.takeover().incarnation()).isEqualTo(last.incarnation());
        assertThat(TakeoverText.read(DEAD, read.text())).isEqualTo(read);
    }

    /** As it was written before there was more to say. */
    @Test
    void aTextWithoutEarlierOnes_isRead() {
        TakeoverText read = TakeoverText.read(
                DEAD,
                "1 state=FENCED epoch=3 to=n2 calls=-1 token=5\nlife=a\ntolife=b\ncause=node n1 is confirmed down");
        assertThat(read).isNotNull();
        assertThat(read.earlier()).isEmpty();
        assertThat(read.takeover().epoch()).isEqualTo(3);
    }

    @Test
    void whatCantBeRead_isNothing() {
        String good = new TakeoverText(takeover(4, TakeoverState.FENCED, "a"), 1, List.of()).text();
        assertThat(TakeoverText.read(DEAD, good)).isNotNull();
        for (String bad :
                List.of("", "2" + good.substring(1), good.replace("epoch=4", "epoch=x"), good + "\nbefore0=1")) {
            assertThat(TakeoverText.read(DEAD, bad)).as(bad).isNull();
        }
    }

    /** S2. Fails when the text grows with each death of a node, or the wrong ones are left out. */
    @Test
    void s2_theLastOnesAreKept() {
        TakeoverText text = new TakeoverText(takeover(1, TakeoverState.RECOVERED, "a"), 1, List.of());
        for (int epoch = 2; epoch <= 50; epoch++) {
            text = new TakeoverText(takeover(epoch, TakeoverState.RECOVERED, "a"), 1, List.of()).over(text);
        }
        assertThat(text.earlier())
                .extracting(Takeover::epoch)
                .containsExactlyElementsOf(IntStream.range(51 - TakeoverTable.MOST, 50)
                        .mapToObj(epoch -> (long) epoch)
                        .toList());
        TakeoverText same = new TakeoverText(takeover(50, TakeoverState.FAILED, "a"), 1, List.of()).over(text);
        assertThat(same.earlier()).as("a later word of the last one").isEqualTo(text.earlier());
    }
}
