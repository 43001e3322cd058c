package io.tandemsip.postgres;

import io.tandemsip.error.HaException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.takeover.RecoveryRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The tables that FreeSWITCH nodes share in PostgreSQL (seen with 1.10.12): where users are registered, how many channels each
 * node has, and what a take-over needs of the rows from which {@code sofia recover} makes calls. Nothing else is written, and
 * no table is changed.
 *
 * <p>Those rows are chosen by the profile alone, whoever they belong to: a node that recovers takes the calls of living nodes
 * too, unless their rows are hidden meanwhile; and each row names the address at which the dead node received media, which the
 * successor does not have, so that the call is lost in silence, unless it is rewritten. {@link #prepareRecovery} does both.
 *
 * <p>Statements run on the given executor, one connection each. A failure completes the stage with an {@link HaException}.
 * Thread-safe.
 */
public final class FreeSwitchTables implements RecoveryRows {
    private static final String HIDDEN = "live:";

    /** An address as FreeSWITCH writes it, so that nothing else gets into its rows. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]{2,45}");

    private static final String REGISTRATIONS = """
            SELECT sip_user, sip_host, contact, hostname, network_ip, network_port,
                   expires - extract(epoch FROM clock_timestamp())::bigint AS left_seconds
              FROM sip_registrations
             WHERE sip_user = ? AND sip_host = ? AND expires > extract(epoch FROM clock_timestamp())::bigint
             ORDER BY expires DESC""";

    private static final String CHANNELS = "SELECT hostname, count(*) AS channels FROM channels GROUP BY hostname";

    private static final String ROWS =
            "SELECT hostname, count(*) AS legs FROM recovery WHERE profile_name IN (?, ?) GROUP BY hostname";

    private static final String SHOW =
            "UPDATE recovery SET profile_name = substr(profile_name, ?) WHERE profile_name = ?";

    private static final String HIDE = "UPDATE recovery SET profile_name = ? WHERE profile_name = ? AND hostname <> ?";

    private static final String MEDIA = """
            UPDATE recovery
               SET metadata = regexp_replace(
                       metadata, '<(local_media_ip|advertised_media_ip)>[^<]*</', '<\\1>' || ? || '</', 'g')
             WHERE profile_name = ? AND hostname = ?
            RETURNING uuid,
                      metadata ~ '<sip_full_to>' AND metadata !~ '<sip_full_to>[^<]*tag(%3D|=)' AS unacknowledged""";

    private final DataSource database;
    private final Executor executor;

    private FreeSwitchTables(DataSource database, Executor executor) {
        this.database = database;
        this.executor = executor;
    }

    /**
     * Of a database that FreeSWITCH nodes share.
     *
     * @param database lends connections to it; autocommit, and with a limit on how long a statement may take
     * @param executor where statements run, and block
     * @return the tables
     */
    public static FreeSwitchTables of(DataSource database, Executor executor) {
        return new FreeSwitchTables(
                Objects.requireNonNull(database, "database"), Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Where a user is registered, through whichever node.
     *
     * @param user the user part of the address of record
     * @param host its host
     * @return what has not expired, by the database's clock, the latest first
     */
    public CompletionStage<List<Registration>> registrations(String user, String host) {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(host, "host");
        return ask(connection -> registrations(connection, user, host));
    }

    private static List<Registration> registrations(Connection connection, String user, String host)
            throws SQLException {
        List<Registration> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(REGISTRATIONS)) {
            statement.setString(1, user);
            statement.setString(2, host);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new Registration(
                            row.getString("contact"),
                            row.getString("hostname"),
                            row.getString("network_ip"),
                            row.getString("network_port"),
                            row.getLong("left_seconds")));
                }
            }
        }
        return List.copyOf(found);
    }

    /**
     * How many channels each node has by these tables. A channel is a leg: a call between two users has two. The tables lag, and
     * a node that died leaves its rows behind, so this is for looking, and not for deciding.
     *
     * @return by switchname; a node without channels is not in it
     */
    public CompletionStage<Map<String, Long>> channelsPerNode() {
        return ask(connection -> {
            Map<String, Long> channels = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(CHANNELS);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    channels.put(row.getString("hostname"), row.getLong("channels"));
                }
            }
            return Map.copyOf(channels);
        });
    }

    /**
     * How many legs could be recovered of each node, those that are hidden now too. Rows never expire: those of a node that is no
     * more stand there until somebody recovers or flushes them.
     *
     * @param profile the SIP profile, as the nodes call it
     * @return by switchname; a node without rows is not in it
     */
    public CompletionStage<Map<String, Long>> recoveryRowsPerNode(String profile) {
        Objects.requireNonNull(profile, "profile");
        return ask(connection -> {
            Map<String, Long> legs = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
                statement.setString(1, profile);
                statement.setString(2, HIDDEN + profile);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        legs.put(row.getString("hostname"), row.getLong("legs"));
                    }
                }
            }
            return Map.copyOf(legs);
        });
    }

    /**
     * Makes the next {@code sofia profile PROFILE recover} recover the calls of one dead node only, with media at another
     * address. In one transaction; what an earlier one that was not finished left hidden comes back first. To be followed by
     * {@link #endRecovery}, whatever becomes of the recovery. A living node that writes a new row between the two has that call
     * taken, so do it right before.
     *
     * @param profile the SIP profile, as the nodes call it
     * @param deadSwitchname the dead node's switchname
     * @param successorAddress the address at which the successor receives media
     * @return the channels' UUIDs; without ACK are those whose row lacks the To tag
     * @throws IllegalArgumentException if the address is none
     */
    @Override
    public CompletionStage<Rows> prepareRecovery(String profile, String deadSwitchname, String successorAddress) {
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(deadSwitchname, "deadSwitchname");
        if (!ADDRESS.matcher(successorAddress).matches()) {
            throw new IllegalArgumentException(
                    "successor address: \"" + successorAddress + "\"; expected an IPv4 or IPv6 address");
        }
        return ask(connection -> {
            connection.setAutoCommit(false);
            try {
                show(connection, profile);
                update(connection, HIDE, HIDDEN + profile, profile, deadSwitchname);
                Rows rows = moveMedia(connection, successorAddress, profile, deadSwitchname);
                connection.commit();
                return rows;
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /**
     * Brings the rows of living nodes back. Idempotent.
     *
     * @param profile the SIP profile, as the nodes call it
     * @return how many rows were hidden
     */
    @Override
    public CompletionStage<Integer> endRecovery(String profile) {
        Objects.requireNonNull(profile, "profile");
        return ask(connection -> show(connection, profile));
    }

    private static int show(Connection connection, String profile) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SHOW)) {
            statement.setInt(1, HIDDEN.length() + 1);
            statement.setString(2, HIDDEN + profile);
            return statement.executeUpdate();
        }
    }

    private static Rows moveMedia(Connection connection, String... values) throws SQLException {
        Set<String> legs = new HashSet<>();
        Set<String> unacknowledged = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(MEDIA)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    legs.add(row.getString("uuid"));
                    if (row.getBoolean("unacknowledged")) {
                        unacknowledged.add(row.getString("uuid"));
                    }
                }
            }
        }
        return new Rows(legs, unacknowledged);
    }

    private static int update(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private <T> CompletionStage<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            executor.execute(() -> answer(question, answer));
        } catch (RejectedExecutionException noThread) {
            answer.completeExceptionally(new StoreUnavailableException("the executor takes no more tasks", noThread));
        }
        return answer;
    }

    private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
        Connection connection;
        try {
            connection = database.getConnection();
        } catch (SQLException failure) {
            answer.completeExceptionally(Failures.notSent(failure));
            return;
        }
        try (connection) {
            answer.complete(question.on(connection));
        } catch (SQLException failure) {
            answer.completeExceptionally(Failures.sent(failure));
        } catch (RuntimeException failure) {
            answer.completeExceptionally(failure);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Where a user can be reached. Immutable.
     *
     * @param contact the Contact, as FreeSWITCH stores it
     * @param switchname the node through which it was registered
     * @param networkAddress where the REGISTER came from
     * @param networkPort its port
     * @param leftSeconds for how long it stands
     */
    public record Registration(
            String contact, String switchname, String networkAddress, String networkPort, long leftSeconds) {}
}
