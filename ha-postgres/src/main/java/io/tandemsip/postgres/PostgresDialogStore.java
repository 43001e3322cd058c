package io.tandemsip.postgres;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.NodeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dialogs in the table {@code dialog}. Writes of one dialog keep their order: each dialog has its lane. What goes through a
 * whole node (count, list) has a lane of its own and holds up nothing else. Thread-safe.
 */
final class PostgresDialogStore implements DialogStore {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDialogStore.class);
    private static final String NAME = "the dialog store";
    private static final int WRITE_LANES = 2;
    private static final int LARGEST_BATCH = 500;
    private static final int MOST_PER_PAGE = 10_000;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final List<Lane<DialogWrites.Write<?>>> writes;
    private final Lane<DialogReads.Find> finds;
    private final Lane<Single<?>> singles;
    private final Counters counters;
    private final String fence;
    private final String count;
    private final String list;
    private final long fenceLock;

    PostgresDialogStore(Database database, Traffic traffic) {
        DialogWrites work = new DialogWrites(database);
        writes = IntStream.range(0, WRITE_LANES)
                .mapToObj(lane -> traffic.<DialogWrites.Write<?>>lane(NAME, LARGEST_BATCH, work))
                .toList();
        finds = traffic.lane(NAME, LARGEST_BATCH, new DialogReads(database));
        singles = traffic.lane(NAME, 1, Single.on(database));
        counters = traffic.counters();
        Sql sql = database.sql();
        fence = sql.statement("fence");
        count = sql.statement("count");
        list = sql.statement("list");
        fenceLock = sql.lock("fence");
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        return write(new DialogWrites.Bind(binding, Life.positiveMicros("time to live", timeToLive)));
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        DialogReads.Find find = new DialogReads.Find(dialog);
        finds.add(find);
        return find.answer();
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        return write(new DialogWrites.Refresh(dialog, Life.positiveMicros("time to live", timeToLive)));
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        long lifeMicros = Life.positiveMicros("tombstone", tombstone);
        return write(dialog.isEarly() ? new DialogWrites.EndEarly(dialog) : new DialogWrites.End(dialog, lifeMicros));
    }

    private <R> CompletionStage<R> write(DialogWrites.Write<R> write) {
        writes.get(Math.floorMod(write.dialogKey.hashCode(), WRITE_LANES)).add(write);
        return write.answer();
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        return single(connection -> {
            try (Batch<NodeId> batch = new Batch<>(connection, fence, List.of(owner))) {
                ResultSet row =
                        batch.value(fenceLock).text(owner.value()).value(epoch).send();
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return single(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(count)) {
                statement.setString(1, owner.value());
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        if (limit < 1 || limit > MOST_PER_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + "; expected 1 to " + MOST_PER_PAGE);
        }
        UUID after = cursor.isEmpty() ? BEFORE_ALL : UUID.fromString(cursor);
        return single(connection -> page(connection, owner, after, limit));
    }

    private DialogPage page(Connection connection, NodeId owner, UUID after, int limit) throws SQLException {
        List<DialogBinding> bindings = new ArrayList<>();
        UUID last = after;
        int rows = 0;
        try (PreparedStatement statement = connection.prepareStatement(list)) {
            statement.setString(1, owner.value());
            statement.setObject(2, after);
            statement.setInt(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                for (; row.next(); rows++) {
                    DialogRow each = DialogRow.read(row);
                    last = each.key();
                    addReadable(each, bindings);
                }
            }
        }
        return new DialogPage(bindings, rows < limit ? "" : last.toString());
    }

    /** One row that can't be read hides no other. */
    private void addReadable(DialogRow row, List<DialogBinding> bindings) {
        try {
            bindings.add(row.binding());
        } catch (StoreCorruptException unreadable) {
            counters.unreadable.increment();
            LOG.warn("passed over in a listing: {}", unreadable.getMessage());
        }
    }

    private <R> CompletionStage<R> single(Database.Work<R> work) {
        Single<R> request = new Single<>(work);
        singles.add(request);
        return request.answer();
    }

    @Override
    public void close() {
        writes.forEach(Lane::close);
        finds.close();
        singles.close();
    }

    /** Fails what waits. */
    void abandon() {
        writes.forEach(Lane::abandon);
        finds.abandon();
        singles.abandon();
    }
}
