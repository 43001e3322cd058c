package io.tandemsip;

import io.tandemsip.dialog.DialogId;
import java.time.Duration;
import java.util.Objects;

/**
 * What routing needs to know of a request that belongs to a dialog, or to one in the making (CANCEL, PRACK). Immutable.
 *
 * @param dialog Call-ID and tags as the request carries them, in whichever orientation
 * @param method the method, in capitals
 * @param cookie the affinity cookie found in a Route that names this router; empty if there was none
 * @param sessionInterval the Session-Expires that the request carries (RFC 4028); zero if there is none
 */
public record DialogRequest(DialogId dialog, String method, String cookie, Duration sessionInterval) {
    /** Checks that nothing is missing. */
    public DialogRequest {
        Objects.requireNonNull(dialog, "dialog");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(sessionInterval, "sessionInterval");
    }

    /**
     * A request without cookie.
     *
     * @param dialog Call-ID and tags
     * @param method the method, in capitals
     * @return the request
     */
    public static DialogRequest of(DialogId dialog, String method) {
        return new DialogRequest(dialog, method, "", Duration.ZERO);
    }

    /**
     * A copy with a cookie.
     *
     * @param value the cookie as found
     * @return the changed copy
     */
    public DialogRequest withCookie(String value) {
        return new DialogRequest(dialog, method, value, sessionInterval);
    }
}
