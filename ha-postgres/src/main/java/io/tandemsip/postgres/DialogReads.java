package io.tandemsip.postgres;

import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.postgres.DialogRow.DialogName;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Finds the owners of many dialogs with one statement. Thread-safe. */
final class DialogReads implements Lane.BatchWork<DialogReads.Find> {
    private final Database database;
    private final String find;

    DialogReads(Database database) {
        this.database = database;
        find = database.sql().statement("find");
    }

    @Override
    public void run(List<Find> batch) {
        Map<UUID, DialogRow> found = database.call(connection -> {
            List<UUID> keys = batch.stream().flatMap(each -> each.keys.stream()).toList();
            try (Batch<UUID> columns = new Batch<>(connection, find, keys)) {
                ResultSet rows = columns.keys(key -> key).send();
                Map<UUID, DialogRow> byKey = new HashMap<>();
                while (rows.next()) {
                    DialogRow row = DialogRow.read(rows);
                    byKey.put(row.key(), row);
                }
                return byKey;
            }
        });
        batch.forEach(each -> each.decide(found));
    }

    /** Who owns a dialog: its own binding, else the early one under either of its tags. */
    static final class Find extends Request<DialogLookup> {
        private final List<UUID> keys = new ArrayList<>();

        Find(DialogId dialog) {
            keys.add(DialogName.of(dialog).key());
            if (!dialog.isEarly()) {
                keys.add(DialogName.of(DialogId.early(dialog.callId(), dialog.fromTag()))
                        .key());
                keys.add(DialogName.of(DialogId.early(dialog.callId(), dialog.toTag()))
                        .key());
            }
        }

        private void decide(Map<UUID, DialogRow> found) {
            try {
                succeed(keys.stream()
                        .filter(found::containsKey)
                        .findFirst()
                        .map(key -> lookup(found, key))
                        .orElseGet(DialogLookup.Absent::new));
            } catch (StoreCorruptException unreadable) {
                failUnlessDecided(unreadable);
            }
        }

        private static DialogLookup lookup(Map<UUID, DialogRow> found, UUID key) {
            DialogRow row = found.get(key);
            return row == null ? new DialogLookup.Absent() : row.lookup();
        }
    }
}
