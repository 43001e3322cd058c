package io.tandemsip.examples.haproxy.kamailio;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a kamailio.cfg has to do with dispatching. Immutable.
 *
 * @param parameters of the modules dispatcher, tm and ndb_redis, as {@code module.name}
 * @param selections each {@code ds_select_dst} or {@code ds_select_domain}: its set and algorithm
 * @param listen where it listens: transport, host and port
 * @param redisCommands what the script sends to Redis
 */
record KamailioScript(
        Map<String, String> parameters, List<Selection> selections, List<Listen> listen, List<String> redisCommands) {
    private static final Pattern DEFINE = Pattern.compile("(?m)^\\s*#!define\\s+(\\w+)[ \\t]+(\\S.*?)\\s*$");
    private static final Pattern SUBSTITUTE =
            Pattern.compile("(?m)^\\s*#!substdef\\s+\"(.)(\\w+)\\1(.*?)\\1\\w*\"\\s*$");
    private static final Pattern PARAMETER = Pattern.compile(
            "modparam\\(\\s*\"(dispatcher|tm|ndb_redis)\"\\s*,\\s*\"(\\w+)\"\\s*,\\s*(?:\"([^\"]*)\"|(-?\\w+))\\s*\\)");
    private static final Pattern SELECTION =
            Pattern.compile("ds_select(?:_dst|_domain)?\\(\\s*\"?([^,\"\\s]+)\"?\\s*,\\s*\"?([^,\"\\s)]+)\"?");
    private static final Pattern LISTEN =
            Pattern.compile("(?m)^\\s*listen\\s*=\\s*\"?(udp|tcp|tls|sctp)\"?:\\s*\"?([^:\\s\"]+)\"?(?::(\\d+))?");
    private static final Pattern REDIS = Pattern.compile("redis_cmd\\(\\s*\"[^\"]*\"\\s*,\\s*\"([^\"]*)\"");

    KamailioScript {
        parameters = Map.copyOf(parameters);
        selections = List.copyOf(selections);
        listen = List.copyOf(listen);
        redisCommands = List.copyOf(redisCommands);
    }

    /** One choice among the destinations of a set. */
    record Selection(String set, String algorithm) {}

    /** One listening point. */
    record Listen(String transport, String host, int port) {}

    /** Whether a text is such a script, and no list of destinations. */
    static boolean isOne(String text) {
        return text.contains("modparam(") || text.contains("loadmodule") || text.contains("request_route");
    }

    static KamailioScript read(String text) {
        String plain = replaced(text);
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher parameter = PARAMETER.matcher(plain);
        while (parameter.find()) {
            String value = parameter.group(3) != null ? parameter.group(3) : parameter.group(4);
            parameters.put(parameter.group(1) + "." + parameter.group(2), value);
        }
        List<Selection> selections = new ArrayList<>();
        Matcher selection = SELECTION.matcher(plain);
        while (selection.find()) {
            selections.add(new Selection(selection.group(1), selection.group(2)));
        }
        List<Listen> listen = new ArrayList<>();
        Matcher point = LISTEN.matcher(plain);
        while (point.find()) {
            int port =
                    Optional.ofNullable(point.group(3)).map(Integer::parseInt).orElse(5060);
            listen.add(new Listen(point.group(1), point.group(2), port));
        }
        List<String> redis = new ArrayList<>();
        Matcher command = REDIS.matcher(plain);
        while (command.find()) {
            redis.add(command.group(1));
        }
        return new KamailioScript(parameters, selections, listen, redis);
    }

    /** Quotes protect what looks like a comment. */
    private static String withoutComments(String text) {
        StringBuilder plain = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '#' || text.startsWith("//", i)) {
                int end = text.indexOf('\n', i);
                i = (end < 0 ? text.length() : end) - 1;
                continue;
            } else if (text.startsWith("/*", i)) {
                int end = text.indexOf("*/", i + 2);
                i = (end < 0 ? text.length() : end + 2) - 1;
                continue;
            }
            plain.append(c);
        }
        return plain.toString();
    }

    /** A define stands for its text where no quotes are, a substitution everywhere. */
    private static String replaced(String text) {
        String result = withoutComments(text);
        Matcher substitute = SUBSTITUTE.matcher(text);
        while (substitute.find()) {
            result = result.replaceAll(
                    "\\b" + substitute.group(2) + "\\b", Matcher.quoteReplacement(substitute.group(3)));
        }
        Matcher define = DEFINE.matcher(text);
        while (define.find()) {
            String name = "\"[^\"]*\"|\\b" + define.group(1) + "\\b";
            String value = define.group(2);
            result = Pattern.compile(name)
                    .matcher(result)
                    .replaceAll(
                            found -> Matcher.quoteReplacement(found.group().startsWith("\"") ? found.group() : value));
        }
        return result;
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
