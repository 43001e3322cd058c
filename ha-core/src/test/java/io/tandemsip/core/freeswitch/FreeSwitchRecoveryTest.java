package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.RecoveryRows;
import io.tandemsip.takeover.TakeoverAction.Order;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreeSwitchRecoveryTest {
    private static final String PROFILES =
            "                     Name\t   Type\t                                      Data\tState\n"
                    + "=================================================================================================\n"
                    + "                 external\tprofile\t             sip:mod_sofia@127.0.1.12:5080\tRUNNING (0)\n"
                    + "=================================================================================================\n"
                    + "1 profile 0 aliases\n";
    private static final String RECOVER = "sofia profile external recover";

    private final ScriptedSwitch successor = new ScriptedSwitch();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final Rows rows = new Rows();
    private final FreeSwitchRecovery action = action(Duration.ofSeconds(30), Duration.ofSeconds(10));

    /** What is done to the rows, and in what order. */
    private final class Rows implements RecoveryRows {
        CompletionStage<RecoveryRows.Rows> found = rows(Set.of("a-1", "a-2"), Set.of());
        CompletionStage<Integer> shown = CompletableFuture.completedFuture(3);

        @Override
        public CompletionStage<RecoveryRows.Rows> prepareRecovery(
                String profile, String deadName, String successorAddress) {
            log.add("prepare " + profile + " " + deadName + " " + successorAddress + " after " + wasToldToRecover());
            return found;
        }

        @Override
        public CompletionStage<Integer> endRecovery(String profile) {
            log.add("end " + profile);
            return shown;
        }
    }

    private static CompletionStage<RecoveryRows.Rows> rows(Set<String> legs, Set<String> unacknowledged) {
        return CompletableFuture.completedFuture(new RecoveryRows.Rows(legs, unacknowledged));
    }

    private FreeSwitchRecovery action(Duration longest, Duration greeting) {
        return FreeSwitchRecovery.of(
                "external",
                rows,
                node -> Optional.of(EventSocketAddress.of("127.0.0.1", 8021, ScriptedSwitch.PASSWORD)
                        .at(node)),
                longest,
                new EslTimings(
                        Duration.ofSeconds(10),
                        greeting,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)));
    }

    @BeforeEach
    void begin() {
        successor.switchname = "fs2";
        successor.replies.put("sofia status", PROFILES);
        successor.replies.put(RECOVER, "Recovered 2 session(s)\n");
    }

    @AfterEach
    void end() throws IOException {
        action.close();
        successor.close();
    }

    private Order order() {
        return new Order(node("fs1", "127.0.1.11"), new Incarnation("life"), node("fs2", "127.0.1.12"), 7);
    }

    private Node node(String name, String address) {
        return Node.of(name, "sip:" + address + ":5080").toBuilder()
                .attribute(FreeSwitchProbe.SWITCHNAME, name)
                .attribute(FreeSwitchProbe.EVENT_SOCKET, "127.0.0.1:" + successor.port())
                .build();
    }

    private Recovery recover() throws Exception {
        return recover(action);
    }

    private Recovery recover(FreeSwitchRecovery by) throws Exception {
        return by.recover(order()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private boolean wasToldToRecover() {
        return successor.commands.stream().anyMatch(command -> command.startsWith("bgapi " + RECOVER));
    }

    /** Fails when the command is sent before the rows are ready, when they are not put back, or what was said is not told. */
    @Test
    void recover_makesRowsReady_recovers_andPutsThemBack() throws Exception {
        successor.sessions = 4;
        Recovery how = recover();
        assertThat(how.recovered()).as(how.detail()).isTrue();
        assertThat(how.calls()).isEqualTo(2);
        assertThat(how.detail())
                .isEqualTo("2 legs recovered; 2 rows, 0 without their ACK; 0 legs gone right after;"
                        + " legs of the node before 4, after 4");
        assertThat(how.lost()).isEmpty();
        assertThat(log).containsExactly("prepare external fs1 127.0.1.12 after false", "end external");
        assertThat(successor.commands)
                .contains("bgapi sofia profile external recover\nJob-UUID: takeover-fs1-7")
                .startsWith("event plain BACKGROUND_JOB");
    }

    /** The cases in which the node would lose the calls, or take none. Fails when rows are touched before that is known. */
    @Test
    void recover_atANodeThatCantNow_touchesNothing() throws Exception {
        successor.pausedInbound = true;
        assertRefused("node fs2 is paused, and would lose the calls");
        successor.pausedInbound = false;
        successor.elegant = true;
        assertRefused("node fs2 shuts down");
        successor.elegant = false;
        successor.databaseDown = true;
        assertRefused("node fs2 has no database: -ERR Database error!");
        successor.databaseDown = false;
        successor.replies.put("sofia status", PROFILES.replace("RUNNING (0)", "DOWN"));
        assertRefused("node fs2 runs no profile external");
        successor.replies.put("sofia status", PROFILES);
        successor.switchname = "fs9";
        assertRefused("node fs2 calls itself \"fs9\", not fs2");
        successor.switchname = "fs2";
        successor.password = "another";
        assertRefused("it does not accept the password");
        successor.password = ScriptedSwitch.PASSWORD;
        successor.greeting = ScriptedSwitch.Greeting.SILENT;
        try (FreeSwitchRecovery brief = action(Duration.ofSeconds(30), Duration.ofMillis(300))) {
            assertRefused(recover(brief), "connected, and no greeting");
        }
    }

    private void assertRefused(String why) throws Exception {
        assertRefused(recover(), why);
    }

    private void assertRefused(Recovery how, String why) {
        assertThat(how.recovered()).isFalse();
        assertThat(how.detail()).contains(why).doesNotContain(ScriptedSwitch.PASSWORD);
        assertThat(log).isEmpty();
        assertThat(wasToldToRecover()).isFalse();
    }

    /** Fails when the node's word, which counts what it could not keep, is taken for what was saved; when a leg is guessed at. */
    @Test
    void recover_tellsWhatIsLost_byReason() throws Exception {
        rows.found = rows(Set.of("a-1", "a-2", "a-3", "a-4", "a-5"), Set.of("a-2"));
        successor.replies.put(RECOVER, "Recovered 5 session(s)\n");
        successor.replies.put("uuid_exists a-1", "true");
        successor.replies.put("uuid_exists a-2", "false");
        successor.replies.put("uuid_exists a-3", "false");
        successor.replies.put("uuid_exists a-4", "false");
        Recovery how = recover();
        assertThat(how.recovered()).as(how.detail()).isTrue();
        assertThat(how.calls()).isEqualTo(2);
        assertThat(how.lost()).isEqualTo(Map.of(LossReason.UNACKNOWLEDGED, 1, LossReason.DROPPED, 2));
    }

    /** Fails when what takes long holds up the answers that the node is judged by: a real one blocks a connection for seconds. */
    @Test
    void recover_hasAConnectionOfItsOwn() throws Exception {
        successor.jobs = false;
        Node node = order().successor();
        try (FreeSwitchProbe probe = FreeSwitchProbe.over(UdpOptionsProbe.create(), 8021, ScriptedSwitch.PASSWORD)) {
            probe.probe(node, Duration.ofSeconds(5)).toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(successor.awaitCommand("api status"))
                    .as("the link is up")
                    .isEqualTo("api status");
            CompletableFuture<Recovery> how = action.recover(order()).toCompletableFuture();
            assertThat(successor.awaitCommand("bgapi")).startsWith("bgapi");
            // what was asked when the link came up has its answer then, so the next one asks anew
            probe.probe(node, Duration.ofSeconds(5)).toCompletableFuture().get(20, TimeUnit.SECONDS);
            successor.commands.clear();
            probe.probe(node, Duration.ofSeconds(5)).toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(successor.awaitCommand("api status")).isEqualTo("api status");
            assertThat(how).isNotDone();
        }
    }

    @Test
    void recover_whenTheNodeFoundNothing_failed_andPutsRowsBack() throws Exception {
        successor.replies.put(RECOVER, "No sessions to recover.\n");
        Recovery how = recover();
        assertThat(how.recovered()).isFalse();
        assertThat(how.detail()).startsWith("the node found nothing to recover; 2 rows");
        assertThat(log).last().isEqualTo("end external");
    }

    /** A second order for what an earlier one recovered. Fails when the node is told again, and takes living nodes' calls. */
    @Test
    void recover_withoutRows_tellsTheNodeNothing() throws Exception {
        rows.found = rows(Set.of(), Set.of());
        Recovery how = recover();
        assertThat(how.recovered()).isTrue();
        assertThat(how.calls()).isZero();
        assertThat(how.detail()).isEqualTo("no rows of fs1 in profile external");
        assertThat(wasToldToRecover()).isFalse();
        assertThat(log).last().isEqualTo("end external");
    }

    @Test
    void recover_whenTheDatabaseFails_failed() throws Exception {
        rows.found = CompletableFuture.failedFuture(new IllegalStateException("the database is away"));
        Recovery how = recover();
        assertThat(how.recovered()).isFalse();
        assertThat(how.detail()).contains("the database is away");
        assertThat(wasToldToRecover()).isFalse();
        assertThat(log).last().isEqualTo("end external");
    }

    /** Fails when that living nodes' rows stay hidden goes untold, or makes a recovery that was one a failed one. */
    @Test
    void recover_whenRowsCantBePutBack_tellsIt() throws Exception {
        rows.shown = CompletableFuture.failedFuture(new IllegalStateException("the database is away"));
        Recovery how = recover();
        assertThat(how.recovered()).isTrue();
        assertThat(how.detail()).contains("rows of living nodes stay hidden").contains("the database is away");
    }

    /** Fails when an answer that does not come holds it up for ever, or the rows stay hidden then. */
    @Test
    void recover_whenTheJobDoesNotEnd_failed_andPutsRowsBack() throws Exception {
        successor.jobs = false;
        try (FreeSwitchRecovery brief = action(Duration.ofMillis(400), Duration.ofSeconds(10))) {
            Recovery how = recover(brief);
            assertThat(how.recovered()).isFalse();
            assertThat(how.detail()).contains("no end of \"sofia profile external recover\" within 400 ms");
        }
        assertThat(log).last().isEqualTo("end external");
    }

    @Test
    void recover_whenTheConnectionEndsInTheMidst_failed_andPutsRowsBack() throws Exception {
        successor.jobs = false;
        CompletableFuture<Recovery> how = action.recover(order()).toCompletableFuture();
        assertThat(successor.awaitCommand("bgapi")).startsWith("bgapi");
        successor.kill();
        assertThat(how.get(20, TimeUnit.SECONDS).recovered()).isFalse();
        assertThat(log).last().isEqualTo("end external");
    }

    /** Fails when what only the node can say is found out when another is dead, or when asking changes something. */
    @Test
    void unready_namesTheNodesThatCouldNotTakeOverNow() throws Exception {
        assertThat(unready()).isEmpty();
        successor.replies.put("sofia status", PROFILES.replace("external", "internal"));
        assertThat(unready()).containsExactly("node fs2 runs no profile external");
        successor.password = "another";
        assertThat(unready())
                .singleElement()
                .asString()
                .startsWith("node fs2 could not be asked: event socket 127.0.0.1:" + successor.port())
                .doesNotContain(ScriptedSwitch.PASSWORD);
        assertThat(log).isEmpty();
        assertThat(wasToldToRecover()).isFalse();
    }

    private List<String> unready() throws Exception {
        return action.unready(List.of(order().successor()))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    /** Fails when a fault of the configuration is found only when a node is dead. */
    @Test
    void missing_namesWhatATakeoverWouldFailBy() {
        assertThat(action.missing(List.of(order().dead(), order().successor()))).isEmpty();
        Node named = Node.of("fs3", "sip:fs3.example.org:5080").toBuilder()
                .attribute(FreeSwitchProbe.SWITCHNAME, "fs1")
                .build();
        assertThat(action.missing(List.of(order().dead(), named)))
                .containsExactly(
                        "node fs3: switchname: that of node fs1; expected a name of its own, since rows are told apart by it",
                        "node fs3: host: \"fs3.example.org\"; expected an IP address, by which its packets are known",
                        "node fs3: media-address: \"fs3.example.org\"; expected the IP address at which it receives media");
        assertThat(action.missing(List.of(order().dead())))
                .containsExactly("take-over: 1 node; expected two that share a database");
        assertThatThrownBy(() -> FreeSwitchRecovery.of("a b", rows, node -> Optional.empty(), Duration.ofSeconds(1)))
                .hasMessageContaining("profile: \"a b\"");
    }
}
