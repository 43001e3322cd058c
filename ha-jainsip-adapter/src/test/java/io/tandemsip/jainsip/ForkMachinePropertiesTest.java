package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Forking with branches' events in any order, twice, late, and of branches that were never sent. */
class ForkMachinePropertiesTest {
    private static final int[] STATUSES = {302, 401, 404, 408, 480, 486, 487, 500, 503, 600, 603};

    /** What was asked for so far, and what it must not be. */
    private static final class Run {
        private final List<List<Integer>> groups = new ArrayList<>();
        private final Set<Integer> sent = new HashSet<>();
        private final Set<Integer> open = new LinkedHashSet<>();
        private final Set<Integer> heard = new HashSet<>();
        private final Set<Integer> cancelled = new HashSet<>();
        private final Map<Integer, ForkEvent.Failed> failed = new HashMap<>();
        private final Set<Integer> accepted = new HashSet<>();
        private int told;
        private boolean declined;
        private boolean over;
        private ForkStatus status;

        Run(List<Integer> sizes) {
            int next = 0;
            for (int size : sizes) {
                List<Integer> group = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    group.add(next++);
                }
                groups.add(group);
            }
            status = ForkStatus.of(groups);
            on(new ForkEvent.Begun());
            assertThat(open).as("the first group").containsExactlyElementsOf(groups.get(0));
        }

        private int contacts() {
            return groups.stream().mapToInt(List::size).sum();
        }

        void random(int step) {
            int branch = step / 16 % contacts();
            int kind = step % 16;
            if (kind < 6) {
                on(new ForkEvent.Provisional(branch));
            } else if (kind < 8) {
                on(new ForkEvent.Accepted(branch));
            } else if (kind < 15) {
                int code = STATUSES[step / 256 % STATUSES.length];
                on(new ForkEvent.Failed(branch, code, ContactCourse.isAbsent(code)));
            } else {
                on(new ForkEvent.Cancelled());
            }
        }

        /** Nobody says anything any more. */
        void silence() {
            while (!open.isEmpty()) {
                on(new ForkEvent.Failed(open.iterator().next(), 408, true));
            }
        }

        private void on(ForkEvent event) {
            boolean counts = note(event);
            ForkStep step = ForkMachine.on(status, event);
            status = step.status();
            boolean takesIt = false;
            for (ForkEffect effect : step.effects()) {
                takesIt |= effect instanceof ForkEffect.Accept;
                perform(effect, event);
            }
            if (event instanceof ForkEvent.Accepted) {
                assertThat(takesIt).as("a 2xx of an open branch goes on").isEqualTo(counts);
            }
            if (event instanceof ForkEvent.Cancelled && told > 0 && accepted.isEmpty()) {
                assertThat(open).as("after CANCEL").isEmpty();
            }
            if (!accepted.isEmpty() || declined) {
                Set<Integer> rings = new HashSet<>(open);
                rings.retainAll(heard);
                assertThat(cancelled).as("who rings in vain").containsAll(rings);
            }
            assertThat(status.open().keySet()).containsExactlyInAnyOrderElementsOf(open);
        }

        /** Whether it is of a branch that is open. */
        private boolean note(ForkEvent event) {
            if (event instanceof ForkEvent.Provisional provisional && open.contains(provisional.branch())) {
                heard.add(provisional.branch());
            }
            if (event instanceof ForkEvent.Failed fail && open.remove(fail.branch())) {
                failed.put(fail.branch(), fail);
                declined |= fail.status() >= 600 && accepted.isEmpty();
            }
            return event instanceof ForkEvent.Accepted accept && open.remove(accept.branch());
        }

        private void perform(ForkEffect effect, ForkEvent event) {
            assertThat(over).as("after the end: " + effect).isFalse();
            if (effect instanceof ForkEffect.Send send) {
                assertThat(sent.add(send.branch())).as("never twice").isTrue();
                assertThat(declined || !accepted.isEmpty()).as("decided").isFalse();
                List<Integer> group = groups.stream()
                        .filter(each -> each.contains(send.branch()))
                        .findFirst()
                        .orElseThrow();
                assertThat(group).as("who rings at once").containsAll(open);
                assertThat(failed.values()).allMatch(ForkEvent.Failed::absent);
                open.add(send.branch());
            } else if (effect instanceof ForkEffect.Forward forward) {
                assertThat(event).isEqualTo(new ForkEvent.Provisional(forward.branch()));
                assertThat(told).as("provisional after final").isZero();
            } else if (effect instanceof ForkEffect.Accept accept) {
                assertThat(event).isEqualTo(new ForkEvent.Accepted(accept.branch()));
                assertThat(accepted.add(accept.branch())).isTrue();
                told += accepted.size() == 1 ? 1 : 0;
            } else if (effect instanceof ForkEffect.Cancel cancel) {
                assertThat(open).contains(cancel.branch());
                assertThat(heard).as("RFC 3261 section 9.1").contains(cancel.branch());
                assertThat(cancelled.add(cancel.branch())).as("cancelled once").isTrue();
            } else if (effect instanceof ForkEffect.GiveUp giveUp) {
                assertThat(open.remove(giveUp.branch())).isTrue();
                assertThat(accepted).as("who may still take it").isEmpty();
            } else if (effect instanceof ForkEffect.Conclude conclude) {
                assertThat(open).as("still asked").isEmpty();
                assertBest(failed.get(conclude.branch()).status());
                told++;
                over = true;
            } else {
                assertThat(event).isEqualTo(new ForkEvent.Cancelled());
                told++;
                over = true;
            }
        }

        /** RFC 3261 section 16.7 step 6. */
        private void assertBest(int best) {
            int lowest = failed.values().stream()
                    .mapToInt(each -> each.status() / 100)
                    .min()
                    .orElseThrow();
            boolean anySix = failed.values().stream().anyMatch(each -> each.status() >= 600);
            assertThat(best / 100).as("of " + failed).isEqualTo(anySix ? 6 : lowest);
            boolean anyHelp = failed.values().stream().anyMatch(each -> each.status() == 401);
            if (best / 100 == 4 && anyHelp) {
                assertThat(best).as("how to ask again").isEqualTo(401);
            }
        }
    }

    /**
     * P3: no contact twice; one final answer, whatever comes; the first 2xx or a 6xx ends the search; every 2xx goes on; who rings in vain
     * is cancelled once. Fails when the open branches are not cancelled by a 2xx, when a 6xx asks on, when a late 2xx is dropped, when
     * an event of an ended branch counts, or when the best response is the last.
     */
    @Property
    void whateverTheBranchesSay_theCallerIsToldOnce(
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 4) Integer> groups,
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 65_535) Integer> steps) {
        Run run = new Run(groups);
        steps.forEach(run::random);
        run.silence();
        assertThat(run.told).as("final answers").isEqualTo(1);
    }

    /** While nobody is there, all are asked in the end; and whoever is there has the last word. */
    @Property
    void whoIsAbsent_endsNoSearch(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 4) Integer> groups, @ForAll boolean busy) {
        Run run = new Run(groups);
        if (busy) {
            run.on(new ForkEvent.Failed(0, 486, false));
        }
        run.silence();
        assertThat(run.sent).hasSize(busy ? groups.get(0) : run.contacts());
    }
}
