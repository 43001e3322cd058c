package io.tandemsip.core.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.node.Capacity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** P4: places under two threads do what they do under one. */
class PlacesRaceTest {
    private static final int LIMIT = 3;
    private static final List<String> HOLDERS = List.of("a", "b", "c", "d", "e");

    /**
     * The limit holds, and each place is given back once.
     *
     * <p>Fails when {@code tryCount} looks and then adds; when the counter is set, and not added to.
     */
    @Test
    void takingAndGivingBack_isAsOneAfterTheOther() {
        new Histories<>(PlacesRaceTest::places, Set.of("a", "b"))
                .with(random -> take("t" + random.nextInt()))
                .with(random -> take("t" + random.nextInt()))
                .with(random -> taken())
                .with(random -> room())
                .only(0, random -> giveBack("a"))
                .only(1, random -> giveBack("b"))
                .atLast(giveBack("a"))
                .atLast(taken())
                .atLast(take("z"))
                .atLast(taken())
                .check(1, 30_000);
    }

    /**
     * A place that two give back at once is given back once, and another's is not.
     *
     * <p>Fails when {@code giveBack} looks whether there is a holder and removes it in a second step.
     */
    @Test
    void givingBackTwice_givesBackOnce() {
        new Histories<>(
                        () -> {
                            Places<String> places = new Places<>(Capacity.calls(10), 0);
                            HOLDERS.forEach(holder -> places.take(holder, Map.of()));
                            return places;
                        },
                        Set.copyOf(HOLDERS))
                .with(random -> giveBack(HOLDERS.get(random.nextInt(HOLDERS.size()))))
                .atLast(taken())
                .check(2, 30_000);
    }

    /**
     * Two who want the units of a resource never have more than there are, and all are given back.
     *
     * <p>Fails when {@code tryTakeResources} looks and then adds, or does not take back what it added in vain.
     */
    @Test
    void resources_neverExceedTheirLimit() throws Exception {
        Places<String> places = new Places<>(Capacity.unlimited().withResource("video", 3), 0);
        Map<String, Integer> two = Map.of("video", 2);
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Runnable taker = () -> {
            String mine = Thread.currentThread().getName();
            for (int i = 0; i < 100_000; i++) {
                if (places.tryTake(mine, two, 0, false)) {
                    most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                    holding.decrementAndGet();
                    places.giveBack(mine, two);
                }
            }
        };
        Thread other = new Thread(taker, "other");
        other.start();
        taker.run();
        other.join();
        assertThat(most).hasValue(1);
        assertThat(places.used()).containsEntry("video", 0);
        assertThat(places.taken()).isZero();
    }

    private static Places<String> places() {
        Places<String> places = new Places<>(Capacity.calls(LIMIT), 0);
        places.take("a", Map.of());
        places.take("b", Map.of());
        return places;
    }

    private static Operation<Places<String>, Set<String>> take(String holder) {
        return new Operation<>(
                "take " + holder,
                places -> places.tryTake(holder, Map.of(), 0, false),
                held -> held.size() < LIMIT ? new Step<>(with(held, holder), true) : new Step<>(held, false));
    }

    private static Operation<Places<String>, Set<String>> giveBack(String holder) {
        return new Operation<>(
                "give back " + holder,
                places -> places.giveBack(holder, Map.of()),
                held -> new Step<>(without(held, holder), held.contains(holder)));
    }

    private static Operation<Places<String>, Set<String>> taken() {
        return new Operation<>("taken", Places::taken, held -> new Step<>(held, held.size()));
    }

    private static Operation<Places<String>, Set<String>> room() {
        return new Operation<>(
                "room", places -> places.hasRoom(Map.of(), 0, false), held -> new Step<>(held, held.size() < LIMIT));
    }

    private static Set<String> with(Set<String> held, String holder) {
        Set<String> after = new TreeSet<>(held);
        after.add(holder);
        return after;
    }

    private static Set<String> without(Set<String> held, String holder) {
        Set<String> after = new TreeSet<>(held);
        after.remove(holder);
        return after;
    }
}
