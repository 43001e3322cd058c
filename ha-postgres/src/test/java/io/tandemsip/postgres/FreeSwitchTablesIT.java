package io.tandemsip.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tandemsip.error.StoreUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables with FreeSWITCH's columns, on a real server. */
class FreeSwitchTablesIT {
    private static final String ROW = "<variables><local_media_ip>127.0.1.11</local_media_ip>"
            + "<local_media_port>21174</local_media_port><advertised_media_ip>127.0.1.11</advertised_media_ip>"
            + "<sip_contact_uri>a@127.0.1.11:5080</sip_contact_uri></variables>";

    private final String schema = TestServer.newSchema();
    private final HikariDataSource database = database();
    private final FreeSwitchTables tables = FreeSwitchTables.of(database, Runnable::run);

    private HikariDataSource database() {
        TestServer.run("CREATE SCHEMA " + schema);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestServer.jdbcUrl());
        config.setSchema(schema);
        config.setMaximumPoolSize(2);
        return new HikariDataSource(config);
    }

    @BeforeEach
    void create() {
        TestServer.run("CREATE TABLE " + schema + ".recovery (runtime_uuid varchar(255), technology varchar(255),"
                + " profile_name varchar(255), hostname varchar(255), uuid varchar(255), metadata text)");
        TestServer.run("CREATE TABLE " + schema + ".channels (uuid varchar(256), hostname varchar(256))");
        TestServer.run("CREATE TABLE " + schema + ".sip_registrations (sip_user varchar(255), sip_host varchar(255),"
                + " contact varchar(1024), expires bigint, hostname varchar(255), network_ip varchar(255),"
                + " network_port varchar(6))");
    }

    @AfterEach
    void end() {
        database.close();
        TestServer.drop(schema);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private void row(String switchname, String profile, String uuid) {
        TestServer.run("INSERT INTO " + schema + ".recovery VALUES ('core', 'sofia', '" + profile + "', '" + switchname
                + "', '" + uuid + "', '" + ROW + "')");
    }

    private String rows(String columns) {
        return TestServer.askAll("SELECT " + columns + " FROM " + schema + ".recovery ORDER BY uuid")
                .stripTrailing();
    }

    /** Fails when rows of living nodes can be recovered, or a row of another profile is touched. */
    @Test
    void prepareRecovery_leavesTheDeadNodesRowsToBeRecovered_withMediaAtTheSuccessor() {
        row("fs1", "external", "a1");
        row("fs1", "external", "a2");
        row("fs1", "internal", "a3");
        row("fs3", "external", "b1");
        assertThat(get(tables.prepareRecovery("external", "fs1", "127.0.1.12")).legs())
                .containsExactlyInAnyOrder("a1", "a2");
        assertThat(rows("profile_name")).isEqualTo("external\nexternal\ninternal\nlive:external");
        String moved = ROW.replace("_media_ip>127.0.1.11", "_media_ip>127.0.1.12");
        assertThat(rows("metadata")).isEqualTo(String.join("\n", moved, moved, ROW, ROW));
        assertThat(get(tables.endRecovery("external"))).isEqualTo(1);
        assertThat(rows("profile_name")).isEqualTo("external\nexternal\ninternal\nexternal");
        assertThat(get(tables.endRecovery("external"))).isZero();
    }

    @Test
    void recoveryRows_areCountedPerNode_theHiddenOnesToo() {
        row("fs1", "external", "a1");
        row("fs1", "external", "a2");
        row("fs1", "internal", "a3");
        row("fs3", "external", "b1");
        get(tables.prepareRecovery("external", "fs1", "127.0.1.12"));
        assertThat(get(tables.recoveryRowsPerNode("external"))).isEqualTo(Map.of("fs1", 2L, "fs3", 1L));
    }

    /** What a real one stored when no ACK had come. Fails when a call that nobody can go on with is taken for one. */
    @Test
    void prepareRecovery_tellsTheRowsWithoutTag() {
        String to = "<sip_full_to>%3Csip%3Apark%40127.0.1.11%3A5080%3E";
        row("fs1", "external", "a1");
        for (String tag : List.of("", "%3Btag%3DX5U83DyQ6cKeH", ";tag=X5U83DyQ6cKeH")) {
            TestServer.run("INSERT INTO " + schema + ".recovery VALUES ('core', 'sofia', 'external', 'fs1', 'x" + tag
                    + "', '" + to + tag + "</sip_full_to>')");
        }
        assertThat(get(tables.prepareRecovery("external", "fs1", "127.0.1.12")).unacknowledged())
                .containsExactly("x");
    }

    /** A router died between the two; the next take-over is of the node whose rows it hid. */
    @Test
    void prepareRecovery_afterOneThatWasNotFinished_findsAllRows() {
        row("fs1", "external", "a1");
        row("fs3", "external", "b1");
        get(tables.prepareRecovery("external", "fs1", "127.0.1.12"));
        assertThat(get(tables.prepareRecovery("external", "fs3", "fd00::12")).legs())
                .containsExactly("b1");
        assertThat(rows("profile_name")).isEqualTo("live:external\nexternal");
    }

    @Test
    void prepareRecovery_withWhatIsNoAddress_isRefused() {
        assertThatThrownBy(() -> tables.prepareRecovery("external", "fs1", "fs2.example.org"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fs2.example.org");
        assertThatThrownBy(() -> tables.prepareRecovery("external", "fs1", "1</x>"))
                .hasMessageContaining("address");
    }

    @Test
    void registrations_areThoseThatHaveNotExpired() {
        TestServer.run("INSERT INTO " + schema + ".sip_registrations VALUES"
                + " ('bob', 'example.org', 'sip:bob@127.0.0.5:5066', extract(epoch FROM now())::bigint + 100, 'fs1',"
                + " '127.0.0.5', '5066'),"
                + " ('bob', 'example.org', 'sip:bob@127.0.0.6', extract(epoch FROM now())::bigint - 1, 'fs2',"
                + " '127.0.0.6', '5060'),"
                + " ('eve', 'example.org', 'sip:eve@127.0.0.7', extract(epoch FROM now())::bigint + 100, 'fs2',"
                + " '127.0.0.7', '5060')");
        List<FreeSwitchTables.Registration> found = get(tables.registrations("bob", "example.org"));
        assertThat(found).hasSize(1);
        assertThat(found.get(0).switchname()).isEqualTo("fs1");
        assertThat(found.get(0).contact()).isEqualTo("sip:bob@127.0.0.5:5066");
        assertThat(found.get(0).leftSeconds()).isBetween(90L, 100L);
        assertThat(get(tables.registrations("bob'; DROP TABLE channels; --", "x")))
                .isEmpty();
    }

    @Test
    void channels_areCountedPerNode() {
        TestServer.run("INSERT INTO " + schema + ".channels VALUES ('1', 'fs1'), ('2', 'fs1'), ('3', 'fs2')");
        assertThat(get(tables.channelsPerNode())).isEqualTo(Map.of("fs1", 2L, "fs2", 1L));
    }

    /** Fails when what the server says is not told as an outage. */
    @Test
    void missingTables_areAFailureOfTheStage() {
        TestServer.run("DROP TABLE " + schema + ".channels");
        assertThat(Stages.failure(tables.channelsPerNode())).isInstanceOf(StoreUnavailableException.class);
        database.close();
        assertThat(Stages.failure(tables.channelsPerNode())).isInstanceOf(StoreUnavailableException.class);
    }
}
