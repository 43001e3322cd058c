package io.tandemsip.redis;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.StoreCorruptException;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;

/**
 * What stands under a dialog's key: version, phase and epoch; owner; incarnation; Call-ID; both tags; a line each. A
 * tombstone has none of it but the phase. Whoever wrote it may be another version, or somebody else. Pure.
 */
final class DialogValue {
    private static final char VERSION = '1';
    private static final String CONFIRMED = "C";
    private static final String EARLY = "E";
    private static final String ENDED = VERSION + "X";
    private static final int LINES = 6;

    private DialogValue() {}

    static String phase(DialogPhase phase) {
        return switch (phase) {
            case EARLY -> EARLY;
            case CONFIRMED -> CONFIRMED;
        };
    }

    static String of(DialogBinding binding, DialogName name) {
        return VERSION
                + phase(binding.phase())
                + binding.epoch()
                + '\n'
                + binding.owner().value()
                + '\n'
                + StoredText.escaped(binding.incarnation().value())
                + '\n'
                + name.text();
    }

    static boolean isEnded(String value) {
        return value.startsWith(ENDED);
    }

    static DialogLookup lookup(String value) {
        return isEnded(value) ? new DialogLookup.Ended() : new DialogLookup.Found(binding(value));
    }

    static DialogBinding binding(String value) {
        String[] lines = value.split("\n", -1);
        if (lines.length != LINES || lines[0].length() < 3 || lines[0].charAt(0) != VERSION) {
            throw unreadable();
        }
        try {
            return new DialogBinding(
                    new DialogId(
                            StoredText.unescaped(lines[3]),
                            StoredText.unescaped(lines[4]),
                            StoredText.unescaped(lines[5])),
                    NodeId.of(lines[1]),
                    new Incarnation(StoredText.unescaped(lines[2])),
                    Long.parseLong(lines[0].substring(2)),
                    phase(lines[0].charAt(1)));
        } catch (IllegalArgumentException unreadable) {
            throw new StoreCorruptException("a dialog in Redis: " + unreadable.getMessage(), unreadable);
        }
    }

    static StoreCorruptException unreadable() {
        return new StoreCorruptException("a dialog in Redis is not of version " + VERSION + ", or damaged");
    }

    private static DialogPhase phase(char letter) {
        return switch (letter) {
            case 'C' -> DialogPhase.CONFIRMED;
            case 'E' -> DialogPhase.EARLY;
            default -> throw new IllegalArgumentException("phase " + letter + "; expected C, E or X");
        };
    }
}
