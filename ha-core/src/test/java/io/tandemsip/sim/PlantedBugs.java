package io.tandemsip.sim;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plants bugs, looks whether they are found, and writes the page that says so. */
final class PlantedBugs {
    /** How many seeds a bug may take to be found: as many as each build runs. */
    static final int SEEDS = 200;

    private static final String HEAD = """
            # Planted bugs

            Does the [simulator](../explanation/simulation.md) notice when something is broken? Each line below is a change of the
            code, applied to a copy of its class, that breaks a promise; beside it the [invariant](invariants.md) that told, and how
            many seeds were needed, of the %d that each build runs. The changes themselves are in
            `ha-core/src/test/resources/io/tandemsip/sim/planted-bugs.txt`; that all of them still apply and compile is checked with
            each build, and a few of them are run. This page is generated, in some minutes, by

                mvn -pl ha-core -am test -Dtest=PlantedBugsTest -Dsurefire.failIfNoSpecifiedTests=false -Dsim.planted=all

            Found: %d of %d.

            | bug | class | told by | seeds |
            |---|---|---|---|
            """;

    private PlantedBugs() {}

    /** What became of a bug. */
    record Outcome(PlantedBug bug, String found) {
        boolean isFound() {
            return !found.isEmpty();
        }

        String invariant() {
            return found.split(" ", 3)[1];
        }

        int seeds() {
            return Integer.parseInt(found.split(" ", 3)[0]);
        }

        String row() {
            String start = start(bug);
            if (isFound()) {
                return start + invariant() + " | " + seeds() + " |";
            }
            return start + "not seen" + (bug.unseen().isEmpty() ? "" : ": " + bug.unseen()) + " | |";
        }
    }

    /** The part of a bug's row that does not depend on what is found. */
    static String start(PlantedBug bug) {
        String file = bug.file();
        return "| " + bug.name() + " | `" + file.substring(file.lastIndexOf('/') + 1, file.indexOf(".java")) + "` | ";
    }

    static Outcome plant(PlantedBug bug, int seeds) throws IOException {
        return new Outcome(bug, BuggyClasses.with(bug).hunt(1, seeds));
    }

    static String page(List<Outcome> outcomes) {
        StringBuilder page = new StringBuilder(String.format(
                Locale.ROOT,
                HEAD,
                SEEDS,
                outcomes.stream().filter(Outcome::isFound).count(),
                outcomes.size()));
        outcomes.forEach(outcome -> page.append(outcome.row()).append('\n'));
        return page.toString();
    }

    /**
     * Runs the bugs whose names contain a text, and prints what was found.
     *
     * @param args how many seeds at most, and the text; all if there is none
     */
    public static void main(String[] args) throws IOException {
        String part = args.length > 1 ? args[1] : "";
        List<Outcome> missed = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.all()) {
            if (bug.name().contains(part)) {
                long begun = System.nanoTime();
                Outcome outcome = plant(bug, Integer.parseInt(args[0]));
                double took = (System.nanoTime() - begun) / 1e9;
                System.out.printf(Locale.ROOT, "%-60s %5.1f s  %s%n", bug.name(), took, outcome.found());
                if (!outcome.isFound()) {
                    missed.add(outcome);
                }
            }
        }
        System.out.println(missed.size() + " not found");
        missed.forEach(outcome -> System.out.println("  " + outcome.bug().name()));
    }
}
