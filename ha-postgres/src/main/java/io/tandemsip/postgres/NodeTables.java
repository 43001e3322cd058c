package io.tandemsip.postgres;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Reads nodes from Tandem's own table and from Kamailio's {@code dispatcher}. Immutable. */
final class NodeTables {
    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private NodeTables() {}

    /** The table {@code node}. */
    static Database.Work<List<Node>> own(Sql sql) {
        String nodes = sql.statement("nodes");
        return connection -> {
            List<Node> found = new ArrayList<>();
            List<String> mistakes = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(nodes);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    try {
                        found.add(node(row));
                    } catch (IllegalArgumentException mistake) {
                        mistakes.add("node \"" + row.getString("id") + "\": " + mistake.getMessage());
                    }
                }
            }
            if (!mistakes.isEmpty()) {
                throw new ConfigurationException(mistakes);
            }
            return List.copyOf(found);
        };
    }

    private static Node node(ResultSet row) throws SQLException {
        Node.Builder node = Node.builder(NodeId.of(row.getString("id")), SipDestination.parse(row.getString("uri")))
                .pools(List.of((String[]) row.getArray("pools").getArray()))
                .zone(row.getString("zone"))
                .priority(row.getInt("priority"))
                .weight(row.getDouble("weight"));
        int calls = row.getInt("max_calls");
        return (row.wasNull() ? node : node.capacity(Capacity.calls(calls))).build();
    }

    /** Kamailio's table, as the lines of a file with the same columns; whoever can read that file reads them. */
    static Database.Work<List<Node>> dispatcher(String table, BiFunction<String, String, List<Node>> format) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException("table: \"" + table + "\"; expected a name, or schema.name");
        }
        String sql = "SELECT setid, destination, flags, priority, attrs FROM " + table + " ORDER BY setid, id";
        return connection -> format.apply("table " + table, lines(connection, sql));
    }

    private static String lines(Connection connection, String sql) throws SQLException {
        StringBuilder lines = new StringBuilder();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                lines.append(row.getInt("setid"))
                        .append(' ')
                        .append(quoted(row.getString("destination")))
                        .append(' ')
                        .append(row.getInt("flags"))
                        .append(' ')
                        .append(row.getInt("priority"))
                        .append(' ')
                        .append(quoted(row.getString("attrs")))
                        .append('\n');
            }
        }
        return lines.toString();
    }

    private static String quoted(String value) {
        String line = CONTROL.matcher(value == null ? "" : value).replaceAll(" ");
        char quote = line.indexOf('"') < 0 ? '"' : '\'';
        return quote + line + quote;
    }
}
