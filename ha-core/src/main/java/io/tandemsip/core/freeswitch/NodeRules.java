package io.tandemsip.core.freeswitch;

import io.tandemsip.core.freeswitch.CheckFinding.Kind;
import io.tandemsip.core.freeswitch.ConfigText.Profile;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.health.ProbeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is wrong with one node. Confined to one thread: makes one list. */
final class NodeRules {
    private static final String PUBLIC_PASSWORD = "ClueCon";
    private static final String SOFTWARE_OF_ALL = "FreeSWITCH-mod_sofia/";
    static final int RTP_FIRST = 16_384;
    static final int RTP_LAST = 32_768;

    private final CheckAnswers answers;
    private final List<CheckFinding> found = new ArrayList<>();

    private NodeRules(CheckAnswers answers) {
        this.answers = answers;
    }

    static List<CheckFinding> of(CheckAnswers answers) {
        NodeRules rules = new NodeRules(answers);
        rules.options();
        rules.software();
        rules.address();
        if (answers.replies().containsKey(CheckAnswers.STATUS)) {
            rules.name();
            rules.state();
            rules.limits();
            rules.profile();
            rules.settings();
        }
        return rules.found;
    }

    private void wrong(String what, String why) {
        found.add(new CheckFinding(answers.node().id(), Kind.WRONG, what, why));
    }

    private void risk(String what, String why) {
        found.add(new CheckFinding(answers.node().id(), Kind.RISK, what, why));
    }

    private void unknown(String what, String why) {
        found.add(new CheckFinding(answers.node().id(), Kind.UNKNOWN, what, why));
    }

    // --- OPTIONS

    private void options() {
        ProbeResult result = answers.options();
        if (result instanceof ProbeResult.Refused || result instanceof ProbeResult.NoAnswer) {
            wrong(
                    "OPTIONS to " + answers.node().destination() + ": "
                            + (result instanceof ProbeResult.Refused refused ? refused.detail() : "no answer"),
                    "no call reaches it; the profile is not started, listens elsewhere, or a firewall is between");
        } else if (result instanceof ProbeResult.WrongIdentity other) {
            wrong(
                    "user-agent-string: " + other.found(),
                    "the attribute " + UdpOptionsProbe.IDENTITY + " expects " + other.expected()
                            + ", so it is not taken for itself and gets no calls");
        } else if (result instanceof ProbeResult.NotReady not) {
            wrong("OPTIONS: " + not.detail(), "it is judged down, and gets no calls");
        } else if (result instanceof ProbeResult.LocalError local) {
            unknown("OPTIONS: " + local.detail(), "it was not asked");
        }
    }

    private void software() {
        if (answers.software().startsWith(SOFTWARE_OF_ALL)) {
            risk(
                    "user-agent-string: not set, answers say " + answers.software(),
                    "every node says the same, so a node that has another's address is not found out; set it to the"
                            + " node's name, and the attribute " + UdpOptionsProbe.IDENTITY + " to the same");
        }
    }

    // --- the event socket

    private void address() {
        if (answers.address().isEmpty()) {
            unknown(
                    "event socket: none configured",
                    "its settings can't be asked, and a pause, a shutdown or its death show late");
            return;
        }
        EventSocketAddress address = answers.address().get();
        answers.end().ifPresent(end -> end(address, end));
        if (address.password().equals(PUBLIC_PASSWORD)) {
            risk(
                    "event socket password: the one of the shipped configuration",
                    "everybody knows it, and who has it can run any command at the node");
        }
    }

    private void end(EventSocketAddress address, EslEnd end) {
        String where = "event socket " + address + ": " + end.detail();
        switch (end.kind()) {
            case DENIED ->
                wrong(
                        where,
                        "apply-inbound-acl in event_socket.conf lets this host not in; without that setting only"
                                + " the node's own host is let in");
            case WRONG_PASSWORD -> wrong(where, "the password in event_socket.conf is another one");
            case REFUSED -> wrong(where, "mod_event_socket is not loaded, or listen-ip and listen-port are others");
            case SILENT -> wrong(where, "the node is frozen, or a firewall drops what is sent there");
            case FOREIGN -> wrong(where, "another program has that port");
            case CLOSED, SHUTDOWN, LOCAL -> unknown(where, "the node was not asked for the rest");
        }
    }

    private void name() {
        String name = answers.value(CheckAnswers.SWITCHNAME);
        String expected = answers.node().attributes().getOrDefault(FreeSwitchProbe.SWITCHNAME, "");
        if (expected.isEmpty()) {
            risk(
                    "attribute " + FreeSwitchProbe.SWITCHNAME + ": not set; the node calls itself " + name,
                    "another node at this address would be taken for it");
        } else if (!expected.equals(name)) {
            wrong(
                    "switchname: " + name + "; the attribute " + FreeSwitchProbe.SWITCHNAME + " says " + expected,
                    "it is not taken for the node meant, and gets no calls");
        }
    }

    private void state() {
        if (answers.value(CheckAnswers.PAUSED).equals("true")
                || StatusText.saysNotReady(answers.reply(CheckAnswers.STATUS))) {
            wrong("paused", "it refuses new calls until fsctl resume");
        }
        if (answers.value(CheckAnswers.SHUTTING_DOWN).equals("true")) {
            wrong("shutting down", "it ends with its last call; fsctl shutdown cancel undoes it");
        }
        if (answers.reply(CheckAnswers.DATABASE).startsWith("-ERR Database")) {
            wrong("database: fails", "calls are taken, and could not be recovered on another node");
        }
    }

    // --- limits

    private void limits() {
        FreeSwitchState numbers = answers.numbers();
        String perCall = answers.node().attributes().getOrDefault(FreeSwitchProbe.LEGS_PER_CALL, "1");
        int legs = perCall.matches("[1-9]") ? Integer.parseInt(perCall) : 1;
        numbers.maxSessions().ifPresent(most -> sessions(most, legs));
        numbers.sessionsPerSecond().ifPresent(this::rate);
        numbers.minIdleCpu().ifPresent(least -> {
            if (least > 0) {
                risk(
                        "min_idle_cpu: " + least,
                        "below it new calls get 503 while OPTIONS still says 200; only the event socket shows it");
            }
        });
    }

    private void sessions(int most, int legs) {
        int calls = Math.max(0, most - 1) / legs;
        int configured = answers.node().capacity().maxCalls();
        if (configured != Integer.MAX_VALUE && configured > calls) {
            wrong(
                    "max-sessions: " + most + ", which is " + calls + " calls of " + legs
                            + " leg(s); capacity.calls is " + configured,
                    "max-sessions N admits N - 1 legs, so the node refuses calls that the router counts on");
        }
        answers.switchSettings().ifPresent(settings -> rtp(settings, most));
    }

    private void rtp(Map<String, String> settings, int most) {
        int ports = number(settings, "rtp-end-port", RTP_LAST) - number(settings, "rtp-start-port", RTP_FIRST) + 1;
        if (ports / 2 < most) {
            risk(
                    "rtp-start-port to rtp-end-port: " + ports + " ports; max-sessions is " + most,
                    "each leg takes two, so media runs out before the node calls itself full");
        }
    }

    static int number(Map<String, String> settings, String name, int otherwise) {
        String text = settings.getOrDefault(name, "");
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : otherwise;
    }

    private void rate(int perSecond) {
        double configured = answers.node().capacity().callsPerSecond();
        if (configured > perSecond - 1) {
            risk(
                    "sessions-per-second: " + perSecond + "; capacity.callsPerSecond is "
                            + (Double.isInfinite(configured) ? "not set" : configured),
                    "N admits N - 1 legs a second; what is above gets 503 while OPTIONS says 200, so each burst costs"
                            + " calls an attempt");
        }
    }

    // --- the profile

    private void profile() {
        int port = answers.node().destination().port();
        Optional<Profile> profile = ConfigText.profileAt(answers.reply(CheckAnswers.PROFILES), port);
        if (profile.isEmpty()) {
            wrong(
                    "sofia status: no profile at port " + port,
                    "the node calls itself ready all the same; its port may be taken, then it tries again every 5 s");
            return;
        }
        if (!profile.get().isRunning()) {
            wrong(
                    "profile " + profile.get().name() + ": " + profile.get().state(),
                    "it takes calls only when it is RUNNING");
        }
        String transport = answers.node().destination().transport().token();
        String bound = answers.profileValue("bind-url");
        if (bound.contains("transport=")
                && !bound.substring(bound.indexOf("transport=")).contains(transport)) {
            wrong("profile " + profile.get().name() + ": bind-url " + bound, "it does not listen for " + transport);
        }
    }

    // --- what only its configuration tells

    private void settings() {
        Optional<Map<String, String>> core = answers.switchSettings();
        Optional<Map<String, String>> profile = answers.profileSettings();
        if (core.isEmpty() || (profile.isEmpty() && !answers.profile().isEmpty())) {
            unknown(
                    "xml_locate: " + (core.isEmpty() ? "switch.conf" : "the profile in sofia.conf") + " can't be read",
                    "track-calls, the database and the RTP ports were not looked at");
        }
        if (core.isPresent() && profile.isPresent()) {
            recovery(core.get(), profile.get());
        }
    }

    private void recovery(Map<String, String> core, Map<String, String> profile) {
        boolean shared = !core.getOrDefault("core-db-dsn", "").isBlank();
        boolean tracked = profile.getOrDefault("track-calls", "false").equals("true");
        if (shared && !tracked) {
            risk(
                    "track-calls: not true in profile " + answers.profile(),
                    "no rows of calls are written, so none of them can be taken over when the node dies");
        }
        if (tracked && !shared) {
            risk(
                    "core-db-dsn: not set, and track-calls is true",
                    "the rows go to a file of the node itself, which no other node can read");
        }
    }
}
