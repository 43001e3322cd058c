package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.freeswitch.FreeSwitchRecovery;
import io.tandemsip.core.source.Mistakes;
import io.tandemsip.core.source.YamlScalar;
import io.tandemsip.core.source.YamlSection;
import io.tandemsip.node.Node;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads whether and how calls outlive their node, and whether what that needs is there. Confined to one thread. */
final class TakeoverReader {
    private static final String PROFILE = "external";
    /** FreeSWITCH recovered about a hundred calls a second. */
    private static final Duration RECOVERY = Duration.ofSeconds(30);

    private static final String EXPECTED = "; expected ";

    private final YamlSection section;

    private TakeoverReader(YamlSection section) {
        this.section = section;
    }

    /** What the section says; empty, and noted, if its database can't be read. */
    static Optional<TakeoverConfig> read(YamlSection section, Secrets secrets) {
        return new TakeoverReader(section.knowing("profile", "downFor", "recoveryTimeout", "group", "database"))
                .config(secrets);
    }

    private Optional<TakeoverConfig> config(Secrets secrets) {
        TakeoverPolicy policy = TakeoverPolicy.on().withRecoveryTimeout(RECOVERY);
        policy = policy.withDownFor(
                section.scalar("downFor").flatMap(DurationReader::positive).orElse(policy.downFor()));
        policy = policy.withRecoveryTimeout(section.scalar("recoveryTimeout")
                .flatMap(DurationReader::positive)
                .orElse(RECOVERY));
        policy = policy.withGroupAttribute(
                section.scalar("group").flatMap(TakeoverReader::notBlank).orElse(""));
        String profile = section.scalar("profile")
                .flatMap(at -> at.as(FreeSwitchRecovery::checkedProfile))
                .orElse(PROFILE);
        if (!section.has("database")) {
            section.missing("database", "url, user and password of the PostgreSQL that the nodes share (core-db-dsn)");
        }
        TakeoverPolicy read = policy;
        return section.section("database")
                .flatMap(each -> StoreReader.database(each, secrets))
                .map(database -> new TakeoverConfig(read, profile, database));
    }

    private static Optional<String> notBlank(YamlScalar at) {
        return at.text().isBlank() ? at.wrong("the name of a node attribute") : Optional.of(at.text());
    }

    /** Notes what a take-over would fail by, when the rest of the file is read. */
    static void check(
            YamlSection root,
            YamlSection section,
            TakeoverConfig config,
            List<Node> nodes,
            EventSockets sockets,
            Mistakes mistakes) {
        if (!root.has("store")) {
            root.missing("store", "redis or postgres beside takeover: one proxy acts, and all that share it obey");
        }
        Map<String, List<Node>> groups = groups(config, nodes);
        if (groups.isEmpty()) {
            section.scalar("group").ifPresent(at -> at.wrong("an attribute that nodes have"));
        }
        groups.forEach((group, members) -> {
            for (String fault : FreeSwitchRecovery.missing(members, sockets::of)) {
                note(mistakes, section, group, fault);
            }
        });
    }

    /** Those that may take over from each other: of one pool, or with one value of the attribute. */
    private static Map<String, List<Node>> groups(TakeoverConfig config, List<Node> nodes) {
        String attribute = config.policy().groupAttribute();
        Map<String, List<Node>> groups = new LinkedHashMap<>();
        for (Node node : config.concerned(nodes)) {
            Iterable<String> names = attribute.isBlank()
                    ? node.pools()
                    : List.of(attribute + ' ' + node.attributes().get(attribute));
            names.forEach(name ->
                    groups.computeIfAbsent(name, none -> new ArrayList<>()).add(node));
        }
        return groups;
    }

    private static void note(Mistakes mistakes, YamlSection section, String group, String fault) {
        int at = fault.indexOf(EXPECTED);
        String what = fault.substring(0, at);
        int value = what.lastIndexOf(": ");
        mistakes.add(
                section.line(),
                section.path() + ": " + group + ": " + what.substring(0, value),
                what.substring(value + 2),
                fault.substring(at + EXPECTED.length()));
    }
}
