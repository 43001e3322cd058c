package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tandemsip.core.freeswitch.CheckFinding.Kind;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is found at nodes that are set in one way or another: nodes that speak as real ones do. */
class FreeSwitchCheckTest {
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final String PASSWORD = "not the shipped one";

    private final ScriptedSwitch fs1 = new ScriptedSwitch();
    private final ScriptedSwitch fs2 = new ScriptedSwitch();

    @BeforeEach
    void wellSet() {
        wellSet(fs1, "fs1", 16_384, 20_383);
        wellSet(fs2, "fs2", 20_384, 24_383);
        fs2.coreUuid = ScriptedSwitch.NEXT_LIFE;
    }

    private static void wellSet(ScriptedSwitch node, String name, int firstPort, int lastPort) {
        node.password = PASSWORD;
        node.switchname = name;
        profile(node, "external", "RUNNING (0)");
        settings(node, """
                <param name="core-db-dsn" value="pgsql://host=db dbname=fs password=hidden"/>
                <param name="rtp-start-port" value="%d"/>
                <param name="rtp-end-port" value="%d"/>
                """.formatted(firstPort, lastPort));
        profileSettings(node, "<param name=\"track-calls\" value=\"true\"/>");
    }

    private static void settings(ScriptedSwitch node, String params) {
        node.replies.put(
                CheckAnswers.SWITCH_SETTINGS,
                "<configuration name=\"switch.conf\" description=\"Core\">\n<settings>\n" + params
                        + "</settings>\n</configuration>");
    }

    private static void profileSettings(ScriptedSwitch node, String params) {
        node.replies.put(CheckAnswers.PROFILE_SETTINGS, """
                <configuration name="sofia.conf"><global_settings><param name="log-level" value="0"/></global_settings>
                <profiles>
                  <profile name="internal"><settings><param name="track-calls" value="false"/></settings></profile>
                  <profile name='external'><gateways><gateway name="g"><param name="track-calls" value="no"/></gateway>
                  </gateways><!-- <settings><param name="track-calls" value="commented"/></settings> -->
                  <settings>%s</settings></profile>
                </profiles></configuration>""".formatted(params));
    }

    private static void profile(ScriptedSwitch node, String name, String state) {
        String line = "=".repeat(97) + "\n";
        node.replies.put(
                CheckAnswers.PROFILES,
                "                     Name\t   Type\t                                      Data\tState\n" + line
                        + "                 " + name + "\tprofile\t             sip:mod_sofia@127.0.0.1:"
                        + node.sipPort()
                        + "\t" + state + "\n" + line + "1 profile 0 aliases\n");
        node.replies.put(
                CheckAnswers.profileStatus(name),
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<profile>\n  <profile-info>\n    <name>" + name
                        + "</name>\n    <rtp-ip>127.0.0.1</rtp-ip>\n    <bind-url>sip:mod_sofia@127.0.0.1:"
                        + node.sipPort() + ";transport=udp,tcp</bind-url>\n  </profile-info>\n</profile>\n");
    }

    @AfterEach
    void end() throws Exception {
        fs1.close();
        fs2.close();
    }

    private static Node node(ScriptedSwitch at, String name) {
        return at.node(name).toBuilder()
                .attribute(FreeSwitchProbe.SWITCHNAME, name)
                .capacity(Capacity.calls(999).withCallsPerSecond(199, 199))
                .build();
    }

    private static List<CheckFinding> check(Duration timeout, Node... nodes) throws Exception {
        return FreeSwitchCheck.of(
                        List.of(nodes),
                        node -> Optional.of(
                                EventSocketAddress.of("127.0.0.1", 1, PASSWORD).at(node)),
                        timeout)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    private List<CheckFinding> check(UnaryOperator<Node.Builder> change) throws Exception {
        return check(PATIENT, change.apply(node(fs1, "fs1").toBuilder()).build());
    }

    private List<CheckFinding> check() throws Exception {
        return check(node -> node);
    }

    private List<CheckFinding> checkBoth() throws Exception {
        return check(PATIENT, node(fs1, "fs1"), node(fs2, "fs2"));
    }

    private static void isOnly(List<CheckFinding> found, Kind kind, String what) {
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.what()).contains(what);
            assertThat(finding.why()).isNotBlank();
        });
    }

    @Test
    void twoThatAreWellSet_haveNothing() throws Exception {
        assertThat(checkBoth()).isEmpty();
    }

    @Test
    void profileStoppedWhileTheNodeCallsItselfReady_isWrong() throws Exception {
        fs1.stopSip();
        fs1.replies.put(CheckAnswers.PROFILES, "0 profiles 0 aliases\n");
        assertThat(check())
                .extracting(CheckFinding::kind, finding -> finding.what().split(":")[0])
                .containsExactly(tuple(Kind.WRONG, "OPTIONS to sip"), tuple(Kind.WRONG, "sofia status"));
    }

    @Test
    void profileThatIsNotRunning_isWrong() throws Exception {
        profile(fs1, "external", "DOWN");
        isOnly(check(), Kind.WRONG, "profile external: DOWN");
    }

    @Test
    void profileWithoutTheNodesTransport_isWrong() throws Exception {
        fs1.replies.compute(
                CheckAnswers.profileStatus("external"),
                (key, text) -> String.valueOf(text).replace("udp,tcp", "tls"));
        isOnly(check(), Kind.WRONG, "bind-url");
    }

    @Test
    void nameOfAllNodes_isARisk() throws Exception {
        fs1.userAgent = "FreeSWITCH-mod_sofia/1.10.12-release+git~20240802T210227Z~a88d069d6f~64bit";
        isOnly(check(), Kind.RISK, "user-agent-string");
        assertThat(check(node -> node.attribute("identity", "fs1")))
                .extracting(CheckFinding::kind)
                .containsExactly(Kind.WRONG, Kind.RISK);
    }

    @Test
    void anotherSwitchname_isWrong_noneExpected_isARisk() throws Exception {
        isOnly(check(node -> node.attribute(FreeSwitchProbe.SWITCHNAME, "fs7")), Kind.WRONG, "switchname: fs1");
        isOnly(
                check(
                        PATIENT,
                        fs1.node("fs1").toBuilder()
                                .capacity(Capacity.calls(1).withCallsPerSecond(1, 1))
                                .build()),
                Kind.RISK,
                "attribute switchname");
    }

    @Test
    void limitsBelowThoseConfigured() throws Exception {
        isOnly(
                check(node -> node.capacity(Capacity.calls(1000).withCallsPerSecond(199, 199))),
                Kind.WRONG,
                "max-sessions: 1000, which is 999 calls");
        isOnly(check(node -> node.attribute(FreeSwitchProbe.LEGS_PER_CALL, "2")), Kind.WRONG, "499 calls of 2 leg");
        isOnly(
                check(node -> node.capacity(Capacity.calls(9).withCallsPerSecond(200, 9))),
                Kind.RISK,
                "sessions-per-second: 200");
        isOnly(check(node -> node.capacity(Capacity.calls(9))), Kind.RISK, "callsPerSecond is not set");
        fs1.lacksIdleCpu = true;
        isOnly(check(), Kind.RISK, "min_idle_cpu");
    }

    @Test
    void fewerPortsThanLegs_isARisk() throws Exception {
        settings(
                fs1,
                "<param name=\"rtp-start-port\" value=\"16384\"/><param name=\"rtp-end-port\" value=\"17383\"/>"
                        + "<param name=\"core-db-dsn\" value=\"pgsql://x\"/>");
        isOnly(check(), Kind.RISK, "1000 ports; max-sessions is 1000");
    }

    @Test
    void pausedShuttingDownOrWithoutDatabase_isWrong() throws Exception {
        fs1.pausedInbound = true;
        isOnly(check(), Kind.WRONG, "paused");
        fs1.pausedInbound = false;
        fs1.elegant = true;
        isOnly(check(), Kind.WRONG, "shutting down");
        fs1.elegant = false;
        fs1.databaseDown = true;
        isOnly(check(), Kind.WRONG, "database");
    }

    @Test
    void trackCallsAndSharedDatabase_goTogether() throws Exception {
        profileSettings(fs1, "");
        isOnly(check(), Kind.RISK, "track-calls: not true in profile external");
        settings(fs1, "");
        assertThat(check()).isEmpty();
        profileSettings(fs1, "<param name=\"track-calls\" value=\"true\"/>");
        isOnly(check(), Kind.RISK, "core-db-dsn: not set");
        fs1.replies.remove(CheckAnswers.SWITCH_SETTINGS);
        isOnly(check(), Kind.UNKNOWN, "switch.conf can't be read");
    }

    @Test
    void eventSocketThatCanNotBeUsed_isToldByItsCause() throws Exception {
        fs1.password = "another";
        isOnly(check(), Kind.WRONG, "password");
        fs1.greeting = ScriptedSwitch.Greeting.RUDE;
        isOnly(check(), Kind.WRONG, "access list");
        fs1.greeting = ScriptedSwitch.Greeting.FOREIGN;
        isOnly(check(), Kind.WRONG, "event socket");
        fs1.greeting = ScriptedSwitch.Greeting.SILENT;
        isOnly(check(Duration.ofSeconds(1), node(fs1, "fs1")), Kind.WRONG, "greeting");
        fs1.stopEventSocket();
        isOnly(check(), Kind.WRONG, "refused");
    }

    @Test
    void shippedPassword_isARisk() throws Exception {
        fs1.password = ScriptedSwitch.PASSWORD;
        List<CheckFinding> found = FreeSwitchCheck.of(
                        List.of(node(fs1, "fs1")), node -> Optional.of(fs1.address()), PATIENT)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        isOnly(found, Kind.RISK, "password");
    }

    @Test
    void nodeWithoutEventSocket_isAskedByOptionsAlone() throws Exception {
        List<CheckFinding> found = FreeSwitchCheck.of(List.of(node(fs1, "fs1")), node -> Optional.empty(), PATIENT)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        isOnly(found, Kind.UNKNOWN, "none configured");
    }

    @Test
    void twoThatDoNotGoTogether() throws Exception {
        fs2.userAgent = "fs1";
        isOnly(checkBoth(), Kind.RISK, "user-agent-string: that of fs1");
        fs2.userAgent = "";
        profile(fs2, "other", "RUNNING (0)");
        fs2.replies.compute(
                CheckAnswers.PROFILE_SETTINGS,
                (key, text) -> String.valueOf(text).replace("'external'", "\"other\""));
        isOnly(checkBoth(), Kind.RISK, "profile: other");
        wellSet(fs2, "fs2", 20_000, 24_383);
        isOnly(checkBoth(), Kind.WRONG, "overlaps that of fs1");
        wellSet(fs2, "fs2", 20_384, 24_383);
        fs2.replies.compute(
                CheckAnswers.SWITCH_SETTINGS,
                (key, text) -> String.valueOf(text).replace("host=db", "host=db2"));
        isOnly(checkBoth(), Kind.RISK, "core-db-dsn: another");
        assertThat(checkBoth().toString()).doesNotContain("hidden");
    }

    @Test
    void oneNameOrOneProcessForBoth_isWrong() throws Exception {
        fs2.switchname = "fs1";
        fs2.userAgent = "fs2";
        List<CheckFinding> found = new ArrayList<>(check(
                PATIENT,
                node(fs1, "fs1"),
                node(fs2, "fs2").toBuilder()
                        .attribute(FreeSwitchProbe.SWITCHNAME, "fs1")
                        .build()));
        isOnly(found, Kind.WRONG, "switchname: that of fs1");
        fs2.switchname = "fs2";
        fs2.coreUuid = fs1.coreUuid;
        isOnly(checkBoth(), Kind.WRONG, "core_uuid");
    }
}
