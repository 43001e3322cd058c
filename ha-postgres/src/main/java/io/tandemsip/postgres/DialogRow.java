package io.tandemsip.postgres;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** A row of the table of dialogs, as it is stored. Whoever wrote it may be another version, or somebody else. Immutable. */
record DialogRow(UUID key, DialogName name, String owner, String incarnation, long epoch, int phase) {
    static final int EARLY = 0;
    static final int CONFIRMED = 1;
    static final int ENDED = 2;

    static int phase(DialogPhase phase) {
        return switch (phase) {
            case EARLY -> EARLY;
            case CONFIRMED -> CONFIRMED;
        };
    }

    static DialogRow read(ResultSet row) throws SQLException {
        return read(
                row, new DialogName(row.getString("call_id"), row.getString("first_tag"), row.getString("second_tag")));
    }

    /** Of a row whose name is known. */
    static DialogRow read(ResultSet row, DialogName name) throws SQLException {
        return new DialogRow(
                row.getObject("key", UUID.class),
                name,
                row.getString("owner"),
                row.getString("incarnation"),
                row.getLong("epoch"),
                row.getInt("phase"));
    }

    DialogLookup lookup() {
        return phase == ENDED ? new DialogLookup.Ended() : new DialogLookup.Found(binding());
    }

    DialogBinding binding() {
        if (phase != EARLY && phase != CONFIRMED) {
            throw new StoreCorruptException("dialog " + key + ": phase " + phase + "; expected 0, 1 or 2");
        }
        try {
            return new DialogBinding(
                    name.dialog(),
                    NodeId.of(owner),
                    new Incarnation(StoredText.unescaped(incarnation)),
                    epoch,
                    phase == EARLY ? DialogPhase.EARLY : DialogPhase.CONFIRMED);
        } catch (IllegalArgumentException unreadable) {
            throw new StoreCorruptException("dialog " + key + ": " + unreadable.getMessage(), unreadable);
        }
    }

    /**
     * The name of a dialog in canonical form, escaped.
     *
     * @param secondTag empty for an early binding
     */
    record DialogName(String callId, String firstTag, String secondTag) {
        static DialogName of(DialogId dialog) {
            DialogId canonical = dialog.canonical();
            return new DialogName(
                    StoredText.escaped(canonical.callId()),
                    StoredText.escaped(canonical.fromTag()),
                    StoredText.escaped(canonical.toTag()));
        }

        UUID key() {
            return StoredKey.of(callId, firstTag, secondTag);
        }

        DialogId dialog() {
            return new DialogId(
                    StoredText.unescaped(callId), StoredText.unescaped(firstTag), StoredText.unescaped(secondTag));
        }
    }
}
