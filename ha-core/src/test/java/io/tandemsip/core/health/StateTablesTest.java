package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.fail;

import io.tandemsip.core.drain.DrainTable;
import io.tandemsip.core.drain.RollingDrainTable;
import io.tandemsip.core.load.ThrottleTable;
import io.tandemsip.core.takeover.TakeoverTransitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page docs/reference/state-tables.md says what the machines do, row by row. */
class StateTablesTest {
    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "."), "..", "docs", "reference", "state-tables.md");

    @Test
    void healthTable_isWhatTheMachineDoes() throws IOException {
        assertTable("health", HealthTable.rows());
    }

    @Test
    void drainTable_isWhatTheMachineDoes() throws IOException {
        assertTable("drain", DrainTable.rows());
    }

    @Test
    void rollingDrainTable_isWhatTheMachineDoes() throws IOException {
        assertTable("rolling drain", RollingDrainTable.rows());
    }

    @Test
    void throttleTable_isWhatTheMachineDoes() throws IOException {
        assertTable("throttle", ThrottleTable.rows());
    }

    @Test
    void outlierTable_isWhatTheMachineDoes() throws IOException {
        assertTable("outlier", OutlierTable.rows());
    }

    @Test
    void flapTable_isWhatTheMachineDoes() throws IOException {
        assertTable("flap", FlapTable.rows());
    }

    @Test
    void takeoverTable_isWhatTheMachineDoes() throws IOException {
        assertTable("takeover", TakeoverTransitions.rows());
    }

    private static void assertTable(String name, List<String> expected) throws IOException {
        String begin = "<!-- table: " + name + " -->";
        String end = "<!-- end of table: " + name + " -->";
        String table = String.join("\n", expected);
        String page = Files.readString(PAGE).replace("\r\n", "\n");
        if (!page.contains(begin + "\n\n" + table + "\n\n" + end)) {
            fail("put this between \"%s\" and \"%s\" in %s:%n%n%s%n", begin, end, PAGE.normalize(), table);
        }
    }
}
