package io.tandemsip.examples.haproxy.kamailio;

import io.tandemsip.core.kamailio.DispatcherList;
import io.tandemsip.core.kamailio.Priorities;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.examples.haproxy.kamailio.KamailioScript.Listen;
import io.tandemsip.examples.haproxy.kamailio.KamailioScript.Selection;
import io.tandemsip.node.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a configuration that does what a Kamailio's dispatcher does, out of its list of destinations, or out of its script and
 * the list that this names. What it can't write it tells. Confined to one thread: makes one text.
 */
public final class KamailioImport {
    private static final String ROUND_ROBIN = "4";
    private static final Map<String, String> STRATEGIES = Map.ofEntries(
            Map.entry("0", "weighted-rendezvous"),
            Map.entry("1", "weighted-rendezvous:from"),
            Map.entry("2", "weighted-rendezvous:to"),
            Map.entry("3", "weighted-rendezvous:request-uri"),
            Map.entry(ROUND_ROBIN, "round-robin"),
            Map.entry("5", "weighted-rendezvous:auth-user"),
            Map.entry("6", "random"),
            Map.entry("8", "serial"),
            Map.entry("9", "smooth-weighted-round-robin"),
            Map.entry("10", "least-calls"),
            Map.entry("11", "smooth-weighted-round-robin"),
            Map.entry("13", "peak-ewma"),
            Map.entry("14", "round-robin"),
            Map.entry("15", "smooth-weighted-round-robin"));
    private static final Pattern SERVER = Pattern.compile("(?:^|;)\\s*(\\w+)\\s*=\\s*([^;]*)");
    private static final Pattern CALL_KEY = Pattern.compile("(?i)\\s*SET\\s+(\\S*?)\\$ci\\b.*");
    private static final Pattern EXPIRES = Pattern.compile("(?i).*\\b(?:EX|SETEX)\\s+(\\d+).*");

    private final StringBuilder yaml = new StringBuilder();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> used = new LinkedHashSet<>();
    private final KamailioScript script;

    private KamailioImport(KamailioScript script) {
        this.script = script;
    }

    /** Reads the list that a script names. */
    @FunctionalInterface
    public interface Files {
        /**
         * The text of a file.
         *
         * @param path as the script has it
         * @throws IOException if it can't be read
         */
        String read(String path) throws IOException;
    }

    /**
     * Imports one file, and the list that it names if it is a script.
     *
     * @param file what messages call it
     * @param text what stands in it
     * @param files reads the list
     * @throws ConfigurationException if the list has mistakes
     * @throws IOException if the script names a list that can't be read
     */
    public static Imported read(String file, String text, Files files) throws IOException {
        boolean isScript = KamailioScript.isOne(text);
        KamailioScript script = KamailioScript.read(isScript ? text : "");
        KamailioImport result = new KamailioImport(script);
        if (!isScript) {
            return result.write(file, text);
        }
        Optional<String> list = result.take("dispatcher.list_file");
        if (list.isPresent()) {
            return result.write(list.get(), files.read(list.get()));
        }
        if (script.parameters().keySet().stream().noneMatch(name -> name.startsWith("dispatcher."))) {
            throw new ConfigurationException(
                    List.of(file + ": modparam(\"dispatcher\", …): missing; expected a script that loads dispatcher"));
        }
        throw new ConfigurationException(List.of(file
                + ": list_file: missing; expected one (a list in a database is read by `store`: see"
                + " docs/how-to/where-nodes-come-from.md)"));
    }

    private Optional<String> take(String parameter) {
        used.add(parameter);
        return script.parameter(parameter);
    }

    private void note(String text) {
        notes.add(text);
    }

    private Imported write(String list, String text) {
        String algorithm = algorithm();
        List<Node> nodes =
                DispatcherList.format().priorities(meaning(algorithm)).read(list, text);
        if (nodes.isEmpty()) {
            throw new ConfigurationException(List.of(list + ": no destination; expected one or more"));
        }
        listen();
        pools(nodes, algorithm);
        health();
        failover();
        store();
        yaml.append("\nhttp: {host: 127.0.0.1, port: 8060}\n");
        rest();
        return new Imported(yaml.toString(), notes);
    }

    // --- what nodes get calls

    private static Priorities meaning(String algorithm) {
        return switch (algorithm) {
            case "8", "14" -> Priorities.HIGHER_FIRST;
            case "15" -> Priorities.LOWER_FIRST;
            default -> Priorities.IGNORED;
        };
    }

    private String algorithm() {
        Set<String> found = new LinkedHashSet<>();
        script.selections().forEach(selection -> found.add(selection.algorithm()));
        if (found.isEmpty()) {
            note("the list does not say which algorithm the script uses: strategy is that of 4, round robin");
            return ROUND_ROBIN;
        }
        String first = found.iterator().next();
        if (found.size() > 1) {
            note("ds_select_dst: algorithms " + String.join(", ", found) + ": only " + first
                    + " was taken; give pools a strategy each");
        }
        return first;
    }

    private String strategy(String algorithm) {
        String name = STRATEGIES.get(algorithm);
        if (name == null) {
            note("algorithm " + algorithm + ": no strategy that is written in a file; left at the default,"
                    + " power-of-two-choices (docs/how-to/choose-a-strategy.md has the table)");
            return "power-of-two-choices";
        }
        return name;
    }

    private void listen() {
        yaml.append("listen:\n");
        List<Listen> points = script.listen().stream()
                .filter(each ->
                        each.transport().equals("udp") || each.transport().equals("tcp"))
                .toList();
        script.listen().stream()
                .filter(each -> !points.contains(each))
                .forEach(each -> note("listen " + each.transport() + ": " + each.host() + ':' + each.port()
                        + ": no counterpart; the proxy listens for udp and tcp"));
        for (Listen each : points) {
            yaml.append("  - {transport: " + each.transport() + ", host: " + quoted(each.host()) + ", port: "
                    + each.port() + "}\n");
        }
        if (points.isEmpty()) {
            yaml.append("  - {transport: udp, host: 127.0.0.1, port: 5060}\n");
            note("listen: not found; put in where this proxy is to listen");
        }
    }

    private void pools(List<Node> nodes, String algorithm) {
        NavigableSet<String> sets = new TreeSet<>();
        nodes.forEach(node -> sets.addAll(node.pools()));
        Set<String> chosen = new LinkedHashSet<>();
        script.selections().stream().map(Selection::set).filter(sets::contains).forEach(chosen::add);
        String defaultSet = chosen.isEmpty() ? sets.first() : chosen.iterator().next();
        if (sets.size() > 1) {
            yaml.append("\ndefaultPool: ").append(pool(defaultSet)).append('\n');
            note("sets " + String.join(", ", sets) + ": new calls go to " + pool(defaultSet)
                    + "; which other call goes to which pool says a host that embeds the library");
        }
        yaml.append("\npools:\n");
        String strategy = strategy(algorithm);
        List<Integer> tiers =
                nodes.stream().map(Node::priority).distinct().sorted().toList();
        for (String set : sets) {
            yaml.append("  " + pool(set) + ":\n    strategy: " + quoted(strategy) + "\n    nodes:\n");
            nodes.stream().filter(node -> node.pools().contains(set)).forEach(node -> node(node, tiers));
        }
    }

    private static String pool(String set) {
        return "set-" + set;
    }

    private void node(Node node, List<Integer> tiers) {
        yaml.append("      - id: " + quoted(node.id().value()) + "\n        uri: "
                + quoted(node.destination().toUri()) + "\n");
        if (tiers.size() > 1) {
            yaml.append("        priority: " + tiers.indexOf(node.priority()) + "\n");
        }
        if (node.weight() != 1) {
            yaml.append("        weight: " + number(node.weight()) + "\n");
        }
        if (node.capacity().maxCalls() != Integer.MAX_VALUE) {
            yaml.append("        capacity: {calls: " + node.capacity().maxCalls() + "}\n");
        }
        List<String> attributes = new ArrayList<>();
        new TreeMap<>(node.attributes()).forEach((name, value) -> attributes.add(quoted(name) + ": " + quoted(value)));
        if (!attributes.isEmpty()) {
            yaml.append("        attributes: {" + String.join(", ", attributes) + "}\n");
        }
        node.attributes().keySet().stream()
                .filter(name -> !name.equals("flags") && !name.equals("admin"))
                .map(name -> "attribute " + name + ": kept, and means nothing to the proxy")
                .filter(text -> !notes.contains(text))
                .forEach(this::note);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /** As YAML has it between double quotes. */
    private static String quoted(String text) {
        return text.matches("[A-Za-z][A-Za-z0-9._-]*") || text.matches("\\d+(\\.\\d+){3}")
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    // --- how they are judged

    private void health() {
        List<String> lines = new ArrayList<>();
        whole("dispatcher.ds_ping_interval").filter(seconds -> seconds > 0).ifPresent(seconds -> {
            lines.add("interval: " + seconds + "s");
            note("ds_ping_interval " + seconds + ": kept as health.interval; without that line nodes are asked each"
                    + " second, and a dead one is found sooner");
        });
        whole("dispatcher.ds_probing_threshold").ifPresent(misses -> lines.add("fall: " + Math.max(1, misses)));
        whole("dispatcher.ds_inactive_threshold").ifPresent(goods -> lines.add("rise: " + Math.max(1, goods)));
        if (!lines.isEmpty()) {
            yaml.append("\nhealth: {" + String.join(", ", lines) + "}\n");
        }
        take("dispatcher.ds_probing_mode")
                .or(() -> take("dispatcher.probing_mode"))
                .filter(mode -> !mode.equals("1"))
                .ifPresent(mode -> note("ds_probing_mode " + mode + ": no counterpart; every node is always asked"));
        take("dispatcher.ds_ping_method")
                .filter(method -> !method.equals("OPTIONS"))
                .ifPresent(method -> note("ds_ping_method " + method + ": no counterpart; nodes are asked by OPTIONS"));
        take("dispatcher.ds_ping_from")
                .ifPresent(from -> note("ds_ping_from: no counterpart; probes come from the proxy's own address"));
        take("dispatcher.ds_ping_reply_codes")
                .ifPresent(codes -> note("ds_ping_reply_codes " + codes
                        + ": no key in the file; a host that embeds the library sets ProbeStatusMap"));
        take("dispatcher.ds_timeout_after_inactive")
                .ifPresent(seconds -> note("ds_timeout_after_inactive " + seconds
                        + ": no counterpart; a node that is down is asked on, and is back when it answers"));
    }

    private Optional<Integer> whole(String parameter) {
        return take(parameter).filter(text -> text.matches("\\d{1,9}")).map(Integer::parseInt);
    }

    private void failover() {
        whole("tm.fr_timer").filter(millis -> millis > 0).ifPresent(millis -> {
            yaml.append("\nfailover: {firstResponseWithin: " + millis + "ms}\n");
        });
        whole("tm.fr_inv_timer")
                .ifPresent(millis -> note("fr_inv_timer " + millis
                        + ": no counterpart; a call rings as long as its caller waits, within Timer C"));
        if (!script.selections().isEmpty()) {
            note("failure_route with ds_next_dst: not needed; a call that fails before it rings is tried at another"
                    + " node, unless it was cancelled (`failover` says when)");
        }
    }

    // --- where dialogs are remembered

    private void store() {
        Optional<String> server = take("ndb_redis.server");
        if (server.isEmpty()) {
            return;
        }
        Map<String, String> parts = new HashMap<>();
        Matcher part = SERVER.matcher(server.get());
        while (part.find()) {
            parts.put(part.group(1).toLowerCase(Locale.ROOT), part.group(2).strip());
        }
        if (!parts.containsKey("addr")) {
            note("ndb_redis server: no addr in it, so no store was written; see docs/how-to/use-redis.md");
            return;
        }
        String url = "redis://" + parts.get("addr") + ':' + parts.getOrDefault("port", "6379") + '/'
                + parts.getOrDefault("db", "0");
        boolean kamailioKeys = keys();
        yaml.append("\nstore:\n  redis:\n    url: " + quoted(url) + "\n");
        if (parts.containsKey("pass")) {
            yaml.append("    password: {env: TANDEM_REDIS_PASSWORD}\n");
            note("ndb_redis pass: not written into the file; put it into the environment as TANDEM_REDIS_PASSWORD");
        }
        if (kamailioKeys) {
            yaml.append("    # as long as a Kamailio serves calls by the same keys\n    kamailioKeys: true\n");
        }
    }

    /** Whether the script writes the keys that the store knows. */
    private boolean keys() {
        for (String command : script.redisCommands()) {
            Matcher key = CALL_KEY.matcher(command);
            if (key.matches()) {
                Matcher expires = EXPIRES.matcher(command);
                boolean standard = key.group(1).equals("call:")
                        && expires.matches()
                        && expires.group(1).equals("7200");
                if (!standard) {
                    note("redis_cmd \"" + command
                            + "\": not the key call:<Call-ID> with EX 7200; a host that embeds the"
                            + " library sets KamailioKeys.withPrefix and withLife");
                }
                return standard;
            }
        }
        return false;
    }

    private void rest() {
        script.parameters().keySet().stream()
                .filter(name -> !used.contains(name) && !name.startsWith("tm.") && !name.startsWith("ndb_redis."))
                .sorted()
                .forEach(name -> note(name.substring(name.indexOf('.') + 1) + ": no counterpart"));
    }
}
