package io.tandemsip.core.freeswitch;

import java.util.Locale;
import java.util.Map;

/**
 * What the event socket says at one time: headers, and a body where they announce one. Immutable.
 *
 * @param headers by name in lower case, as received
 * @param body empty when there is none
 */
record EslMessage(Map<String, String> headers, String body) {
    EslMessage {
        headers = Map.copyOf(headers);
    }

    String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    String contentType() {
        return header("Content-Type");
    }
}
