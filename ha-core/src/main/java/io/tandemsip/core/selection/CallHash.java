package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.HashKey;
import java.util.Objects;

/**
 * From a call to 64 bits: what it is kept together by, under a secret. Immutable, as far as the key is.
 *
 * @param key what is hashed; the Call-ID where the call has no such thing
 * @param secret equal in all routers that are to agree
 */
record CallHash(HashKey key, long secret) {
    CallHash {
        Objects.requireNonNull(key, "key");
    }

    long of(CallRequest call) {
        String text = key.of(call);
        return Mix.text(text.isEmpty() ? call.callId() : text, secret);
    }
}
