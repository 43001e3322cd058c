package io.tandemsip.redis;

import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The names of our keys. Between braces stands what puts keys into one slot of a Cluster: a dialog's Call-ID leads to a
 * bucket, which holds the dialogs, the indexes of nodes and the fences that one script needs. A Redis that is no Cluster has
 * one bucket. Immutable.
 *
 * @param prefix what all names begin with
 * @param database which database
 * @param buckets how many there are
 */
record Keyspace(String prefix, int database, int buckets) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.:-]{1,40}");
    private static final int BUCKETS_OF_A_CLUSTER = 256;

    static Keyspace of(String prefix, ServerUri uri) {
        return new Keyspace(prefix, uri.database(), uri.kind() == ServerUri.Kind.CLUSTER ? BUCKETS_OF_A_CLUSTER : 1);
    }

    static boolean isPrefix(String prefix) {
        return PREFIX.matcher(prefix).matches();
    }

    /** Where all dialogs of a Call-ID are. */
    int bucket(String callId) {
        if (buckets == 1) {
            return 0;
        }
        CRC32 crc = new CRC32();
        crc.update(callId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % buckets);
    }

    /** What dialogs' names begin with; their members follow. */
    String dialogs(int bucket) {
        return stem(bucket) + "d:";
    }

    /** What indexes' names begin with; phase, colon and node follow. */
    String indexes(int bucket) {
        return stem(bucket) + "n:";
    }

    String index(int bucket, DialogPhase phase, NodeId owner) {
        return indexes(bucket) + DialogValue.phase(phase) + ':' + owner.value();
    }

    String fences(int bucket) {
        return stem(bucket) + "fences";
    }

    private String stem(int bucket) {
        return prefix + ":{" + bucket + "}:";
    }

    String user(String member) {
        return prefix + ":{" + member + "}:user";
    }

    String values() {
        return prefix + ":{state}:values";
    }

    String expiries() {
        return prefix + ":{state}:expiries";
    }

    String revision() {
        return prefix + ":{state}:revision";
    }

    /** Channels are common to all databases of a server. */
    String news() {
        return prefix + ":{state}:news:" + database;
    }
}
