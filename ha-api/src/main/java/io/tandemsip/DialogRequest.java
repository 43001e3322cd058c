package io.tandemsip;

import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What routing needs to know of a request that belongs to a dialog, or to one in the making (CANCEL, PRACK). Immutable.
 *
 * @param dialog Call-ID and tags as the request carries them, in whichever orientation
 * @param method the method, in capitals
 * @param cookie the affinity cookie found in a Route that names this router; empty if there was none
 * @param sessionInterval the Session-Expires that the request carries (RFC 4028); zero if there is none
 * @param sender the node that sent it on the side of the dialog's owner, known from where the packet came and never from what
 *     the request says; empty if the other side sent it, or if no node has that address. After a take-over only the
 *     successor speaks for the dialog: any other node is told that it is gone
 */
public record DialogRequest(
        DialogId dialog, String method, String cookie, Duration sessionInterval, Optional<NodeId> sender) {
    /** Checks that nothing is missing. */
    public DialogRequest {
        Objects.requireNonNull(dialog, "dialog");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(cookie, "cookie");
        Objects.requireNonNull(sessionInterval, "sessionInterval");
        Objects.requireNonNull(sender, "sender");
    }

    /**
     * A request of the side that does not own the dialog, or of whom is not known.
     *
     * @param dialog Call-ID and tags
     * @param method the method, in capitals
     * @param cookie the affinity cookie; empty if there was none
     * @param sessionInterval its Session-Expires; zero if there is none
     */
    public DialogRequest(DialogId dialog, String method, String cookie, Duration sessionInterval) {
        this(dialog, method, cookie, sessionInterval, Optional.empty());
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
        return new DialogRequest(dialog, method, value, sessionInterval, sender);
    }

    /**
     * A copy that says which node sent it.
     *
     * @param node the node on the side of the dialog's owner, by the packet's source
     * @return the changed copy
     */
    public DialogRequest from(NodeId node) {
        return new DialogRequest(dialog, method, cookie, sessionInterval, Optional.of(node));
    }
}
