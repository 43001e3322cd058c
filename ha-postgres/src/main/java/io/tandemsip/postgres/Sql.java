package io.tandemsip.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Statements from resource files, for one schema. Immutable. */
final class Sql {
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

    private final String schema;

    private Sql(String schema) {
        this.schema = schema;
    }

    static boolean isSchemaName(String schema) {
        return SCHEMA.matcher(schema).matches();
    }

    static Sql in(String schema) {
        return new Sql(schema);
    }

    String schema() {
        return schema;
    }

    /** The statement of this name, without comments. */
    String statement(String name) {
        return filled(read("sql/" + name + ".sql")
                .lines()
                .filter(line -> !line.startsWith("--"))
                .collect(Collectors.joining("\n")));
    }

    String sweep(String table) {
        return statement("sweep").replace(":\"table\"", quoted(table));
    }

    /** The script that leads to a schema version from the one before. */
    String migration(int version) {
        return filled(read("schema/V" + version + ".sql"));
    }

    String versionTable() {
        return quoted(schema) + ".schema_version";
    }

    /** The channel on which changes of shared state are told. */
    String channel() {
        return quoted(schema + "_state");
    }

    /** A lock of this schema that lasts as long as a transaction. */
    long lock(String purpose) {
        return StoredKey.of("tandem lock", schema, purpose).getMostSignificantBits();
    }

    private String filled(String text) {
        return text.replace(":\"schema\"", quoted(schema));
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }

    private static String read(String name) {
        try (InputStream in = Sql.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + ": missing; the jar is incomplete");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
