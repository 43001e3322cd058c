package io.tandemsip.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulator notices when the code is broken. {@code -Dsim.planted=all} breaks it in every way that is listed. */
class PlantedBugsTest {
    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "."), "..", "docs", "reference", "planted-bugs.md");

    /** Found early, and of one kind each: these are run with each build. */
    private static final List<String> A_FEW = List.of(
            "a node is back after one sign of life",
            "panic one node too early",
            "a drain leaves the node in service",
            "a cookie's signature is not checked",
            "capacity not given back on CANCEL",
            "the same node is tried again");

    /** A list that no longer fits the code would prove nothing. */
    @Test
    void everyBugAppliesAndCompiles() throws IOException {
        List<PlantedBug> bugs = PlantedBug.all();
        assertThat(bugs).extracting(PlantedBug::name).doesNotHaveDuplicates();
        assertThat(bugs.stream().filter(bug -> bug.unseen().isEmpty())).hasSizeGreaterThanOrEqualTo(40);
        for (PlantedBug bug : bugs) {
            assertThat(bug.wrong()).as(bug.name()).isNotEqualTo(bug.right());
            BuggyClasses.with(bug);
        }
    }

    @Test
    void aFewAreFound() throws IOException {
        for (String name : A_FEW) {
            PlantedBug bug = PlantedBug.all().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            assertThat(PlantedBugs.plant(bug, PlantedBugs.SEEDS).isFound())
                    .as(name)
                    .isTrue();
        }
    }

    /** The same classes, loaded the same way, without a bug. */
    @Test
    void withoutABugNothingIsFound() throws IOException {
        PlantedBug none = new PlantedBug("none", "health/SlowStart.java", "windowNanos < 0", "windowNanos < 0L", "");
        assertThat(PlantedBugs.plant(none, 5).isFound()).isFalse();
    }

    @Test
    void thePageHasEveryBug() throws IOException {
        String page = Files.readString(PAGE).replace("\r\n", "\n");
        for (PlantedBug bug : PlantedBug.all()) {
            if (!page.contains("\n" + PlantedBugs.start(bug))) {
                fail("%s lacks \"%s\"; make it anew with -Dsim.planted=all", PAGE.normalize(), bug.name());
            }
        }
    }

    @Test
    void everyBugIsFound() throws IOException {
        assumeTrue(
                "all".equals(System.getProperty("sim.planted")),
                "runs every planted bug, which takes minutes, only with -Dsim.planted=all");
        List<PlantedBugs.Outcome> outcomes = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.all()) {
            outcomes.add(PlantedBugs.plant(bug, PlantedBugs.SEEDS));
        }
        Files.writeString(PAGE, PlantedBugs.page(outcomes));
        assertThat(outcomes.stream()
                        .filter(outcome ->
                                !outcome.isFound() && outcome.bug().unseen().isEmpty())
                        .map(outcome -> outcome.bug().name()))
                .isEmpty();
    }
}
