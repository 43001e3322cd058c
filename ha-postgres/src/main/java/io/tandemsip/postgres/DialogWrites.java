package io.tandemsip.postgres;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.postgres.DialogRow.DialogName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Binds, refreshes and ends dialogs, many in one statement for each kind. A batch names no dialog twice. Every statement
 * locks rows in the order of their keys, and commits by itself. Thread-safe.
 */
final class DialogWrites implements Lane.BatchWork<DialogWrites.Write<?>> {
    private final Database database;
    private final long fenceLock;
    private final String bind;
    private final String refresh;
    private final String end;
    private final String endEarly;

    DialogWrites(Database database) {
        this.database = database;
        fenceLock = database.sql().lock("fence");
        bind = database.sql().statement("bind");
        refresh = database.sql().statement("refresh");
        end = database.sql().statement("end");
        endEarly = database.sql().statement("end-early");
    }

    @Override
    public void run(List<Write<?>> batch) {
        database.call(connection -> {
            bind(connection, of(Bind.class, batch));
            mark(connection, refresh, of(Refresh.class, batch));
            mark(connection, end, of(End.class, batch));
            mark(connection, endEarly, of(EndEarly.class, batch));
            return batch;
        });
    }

    private static <W> List<W> of(Class<W> kind, List<Write<?>> batch) {
        return batch.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void bind(Connection connection, List<Bind> binds) throws SQLException {
        if (binds.isEmpty()) {
            return;
        }
        Map<UUID, Bind> byKey = byKey(binds);
        try (Batch<Bind> batch = new Batch<>(connection, bind, binds)) {
            batch.value(fenceLock);
            names(batch);
            batch.texts(each -> each.wanted.owner().value())
                    .texts(each -> StoredText.escaped(each.wanted.incarnation().value()))
                    .longs(each -> each.wanted.epoch())
                    .longs(each -> DialogRow.phase(each.wanted.phase()))
                    .longs(each -> each.lifeMicros);
            ResultSet rows = batch.send();
            while (rows.next()) {
                Bind each = byKey.get(rows.getObject("key", UUID.class));
                if (each != null) {
                    each.decide(rows);
                }
            }
        }
    }

    /** Statements that give the keys of which the answer is yes, or keys and the answers; what is left out is a no. */
    private static <W extends Marking> void mark(Connection connection, String sql, List<W> writes)
            throws SQLException {
        if (writes.isEmpty()) {
            return;
        }
        Map<UUID, W> byKey = byKey(writes);
        try (Batch<W> batch = new Batch<>(connection, sql, writes)) {
            writes.get(0).parameters(batch);
            ResultSet rows = batch.send();
            while (rows.next()) {
                W each = byKey.remove(rows.getObject(1, UUID.class));
                if (each != null) {
                    each.succeed(rows.getBoolean(2));
                }
            }
        }
        byKey.values().forEach(each -> each.succeed(false));
    }

    private static <W extends Write<?>> Map<UUID, W> byKey(List<W> writes) {
        Map<UUID, W> byKey = new HashMap<>();
        writes.forEach(each -> byKey.put(each.dialogKey, each));
        return byKey;
    }

    private static <W extends Write<?>> void names(Batch<W> batch) throws SQLException {
        batch.keys(each -> each.dialogKey)
                .texts(each -> each.name.callId())
                .texts(each -> each.name.firstTag())
                .texts(each -> each.name.secondTag());
    }

    /** One write of one dialog. */
    abstract static sealed class Write<R> extends Request<R> {
        final DialogName name;
        final UUID dialogKey;

        Write(DialogId dialog) {
            this(DialogName.of(dialog));
        }

        private Write(DialogName name) {
            this(name, name.key());
        }

        private Write(DialogName name, UUID dialogKey) {
            super(dialogKey);
            this.name = name;
            this.dialogKey = dialogKey;
        }
    }

    /** Binds. */
    static final class Bind extends Write<BindResult> {
        private final DialogBinding wanted;
        private final long lifeMicros;

        Bind(DialogBinding wanted, long lifeMicros) {
            super(wanted.dialog());
            this.wanted = wanted;
            this.lifeMicros = lifeMicros;
        }

        private void decide(ResultSet row) throws SQLException {
            if (row.getString("owner") == null) {
                succeed(new BindResult.Fenced(row.getLong("fence")));
            } else {
                decide(DialogRow.read(row, name));
            }
        }

        private void decide(DialogRow standing) {
            try {
                succeed(result(standing));
            } catch (StoreCorruptException unreadable) {
                failUnlessDecided(unreadable);
            }
        }

        private BindResult result(DialogRow standing) {
            if (standing.phase() == DialogRow.ENDED) {
                return new BindResult.AlreadyEnded();
            }
            DialogBinding binding = standing.binding();
            return binding.owner().equals(wanted.owner())
                    ? new BindResult.Bound(binding)
                    : new BindResult.OwnedByOther(binding);
        }
    }

    /** What is answered by yes or no. */
    abstract static sealed class Marking extends Write<Boolean> {
        final long lifeMicros;

        Marking(DialogId dialog, long lifeMicros) {
            super(dialog);
            this.lifeMicros = lifeMicros;
        }

        abstract <W extends Marking> void parameters(Batch<W> batch) throws SQLException;
    }

    /** Lets a binding live on. */
    static final class Refresh extends Marking {
        Refresh(DialogId dialog, long lifeMicros) {
            super(dialog, lifeMicros);
        }

        @Override
        <W extends Marking> void parameters(Batch<W> batch) throws SQLException {
            batch.keys(each -> each.dialogKey).longs(each -> each.lifeMicros);
        }
    }

    /** Ends a dialog. */
    static final class End extends Marking {
        End(DialogId dialog, long lifeMicros) {
            super(dialog, lifeMicros);
        }

        @Override
        <W extends Marking> void parameters(Batch<W> batch) throws SQLException {
            names(batch);
            batch.longs(each -> each.lifeMicros);
        }
    }

    /** Removes an early binding. */
    static final class EndEarly extends Marking {
        EndEarly(DialogId dialog) {
            super(dialog, 0);
        }

        @Override
        <W extends Marking> void parameters(Batch<W> batch) throws SQLException {
            batch.keys(each -> each.dialogKey);
        }
    }
}
