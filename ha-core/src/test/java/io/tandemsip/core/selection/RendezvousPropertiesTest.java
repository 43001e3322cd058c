package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** P6: a change of the nodes moves no more keys than it must. */
class RendezvousPropertiesTest {
    private static final int KEYS = 2_000;
    private static final SplittableRandom ANY = new SplittableRandom(1);

    /** Fails when the key is mixed with the node's place in the list instead of its id. */
    @Property(tries = 30)
    void p6_removingANode_movesOnlyItsKeys(
            @ForAll @IntRange(min = 2, max = 30) int size, @ForAll @IntRange(max = 29) int gone, @ForAll long key) {
        List<Candidate> before = SimpleCandidate.equal(size);
        int removed = gone % size;
        List<Candidate> after = new ArrayList<>(before);
        Candidate lost = after.remove(removed);
        Selector full = Strategies.weightedRendezvous(key).prepare(before, ANY);
        Selector rest = Strategies.weightedRendezvous(key).prepare(after, ANY);
        for (int i = 0; i < KEYS; i++) {
            CallRequest call = CallRequest.invite("call-" + i + "@host", "t");
            Candidate owner = before.get(full.pick(call, Availability.ALL, ANY));
            if (owner != lost) {
                assertThat(after.get(rest.pick(call, Availability.ALL, ANY))).isSameAs(owner);
                assertThat(before.get(full.pick(call, index -> index != removed, ANY)))
                        .isSameAs(owner);
            }
        }
    }

    /** Adding one takes keys only for itself, and about its share. */
    @Property(tries = 30)
    void p6_addingANode_movesKeysOnlyToIt(@ForAll @IntRange(min = 1, max = 30) int size, @ForAll long key) {
        List<Candidate> before = SimpleCandidate.equal(size);
        List<Candidate> after = SimpleCandidate.equal(size + 1);
        Selector first = Strategies.weightedRendezvous(key).prepare(before, ANY);
        Selector second = Strategies.weightedRendezvous(key).prepare(after, ANY);
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            CallRequest call = CallRequest.invite("call-" + i + "@host", "t");
            int was = first.pick(call, Availability.ALL, ANY);
            int is = second.pick(call, Availability.ALL, ANY);
            if (is != was) {
                assertThat(is).isEqualTo(size);
                moved++;
            }
        }
        double share = (double) KEYS / (size + 1);
        assertThat((double) moved).isLessThanOrEqualTo(Math.ceil(share) + 6 * Math.sqrt(share));
    }

    /** Fails when a node's hash depends on the order of the list. */
    @Property(tries = 20)
    void p6_theOrderOfTheNodes_doesNotMatter(@ForAll @IntRange(min = 2, max = 20) int size, @ForAll long seed) {
        List<Candidate> one = SimpleCandidate.equal(size);
        List<Candidate> other = new ArrayList<>(one);
        Collections.shuffle(other, new Random(seed));
        Selector first = Strategies.weightedRendezvous().prepare(one, ANY);
        Selector second = Strategies.weightedRendezvous().prepare(other, ANY);
        for (int i = 0; i < 200; i++) {
            CallRequest call = CallRequest.invite("call-" + seed + i, "t");
            assertThat(one.get(first.pick(call, Availability.ALL, ANY)))
                    .isSameAs(other.get(second.pick(call, Availability.ALL, ANY)));
        }
    }

    /** A heavier node gains keys and loses none; shares follow weights. Fails when weights are left aside. */
    @Property(tries = 20)
    void p6_aHeavierNode_onlyGains(@ForAll long key) {
        SimpleCandidate[] nodes = SimpleCandidate.array(5);
        Selector selector = Strategies.weightedRendezvous(key).prepare(List.of(nodes), ANY);
        int[] before = owners(selector);
        nodes[2].weight = 4;
        int[] after = owners(selector);
        int heavy = 0;
        for (int i = 0; i < KEYS; i++) {
            assertThat(after[i]).isIn(before[i], 2);
            heavy += after[i] == 2 ? 1 : 0;
        }
        assertThat(heavy).isBetween(KEYS * 4 / 8 - 180, KEYS * 4 / 8 + 180);
    }

    /** Keys that differ in their tail only are spread evenly. Fails with {@code String.hashCode()} and no finisher. */
    @Property(tries = 20)
    void p6_sharesAreEven_whateverTheKeysLookLike(@ForAll long key) {
        int[] shares = new int[20];
        for (int owner : owners(Strategies.weightedRendezvous(key).prepare(SimpleCandidate.equal(20), ANY))) {
            shares[owner]++;
        }
        assertThat(Arrays.stream(shares).boxed()).allMatch(share -> share > 50 && share < 165);
    }

    private static int[] owners(Selector selector) {
        int[] owners = new int[KEYS];
        for (int i = 0; i < KEYS; i++) {
            owners[i] = selector.pick(CallRequest.invite("a84b4c76e66710@pc33-" + i, "t"), Availability.ALL, ANY);
        }
        return owners;
    }
}
