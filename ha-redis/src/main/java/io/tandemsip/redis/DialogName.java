package io.tandemsip.redis;

import io.tandemsip.dialog.DialogId;

/**
 * The name of a dialog in canonical form, as it is stored. Immutable.
 *
 * @param text Call-ID and tags, a line each; the last is empty for an early binding
 */
record DialogName(String text) {
    private static final char END = '\n';

    static DialogName of(DialogId dialog) {
        DialogId canonical = dialog.canonical();
        return of(canonical.callId(), canonical.fromTag(), canonical.toTag());
    }

    /** Of what an INVITE bound, under one of the tags. */
    static DialogName early(String callId, String tag) {
        return of(callId, tag, "");
    }

    private static DialogName of(String callId, String firstTag, String secondTag) {
        return new DialogName(
                StoredText.escaped(callId) + END + StoredText.escaped(firstTag) + END + StoredText.escaped(secondTag));
    }

    String member() {
        return StoredKey.of(text);
    }
}
