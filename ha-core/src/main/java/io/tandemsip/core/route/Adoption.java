package io.tandemsip.core.route;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.dialog.AffinityTier;

/**
 * Takes up calls that this router did not place, or has forgotten, when a request of theirs shows their owner: so that
 * the count of a node, and with it a drain, knows of them. A request that comes when its dialog has ended, as an ACK that the
 * BYE overtook, takes up nothing. Thread-safe.
 */
final class Adoption {
    private final RoutingPath path;

    Adoption(RoutingPath path) {
        this.path = path;
    }

    /** A request reached its owner, and no call of this router owns it. */
    void consider(DialogRequest request, DialogRoute.Forward forward) {
        if (request.dialog().isEarly() || forward.tier() == AffinityTier.NEAR_CACHE || !isOfCall(request.method())) {
            return;
        }
        NodeStatus status = path.view().node(forward.node().id());
        if (status != null) {
            long until = path.nowNanos() + path.times().confirmedNanos(request.sessionInterval());
            AdoptedCall call = new AdoptedCall(path, request.dialog(), status.live(), until);
            // looked at afterwards: whoever ends the dialog meanwhile finds the call
            // nothing is written here: an end is remembered already, and what was given up may be answered yet
            if (call.begin() && path.bindings().hasEnded(request.dialog())) {
                call.givesWay();
            }
        }
    }

    /** Only what can't belong to a subscription, and is not about to end the call. */
    private static boolean isOfCall(String method) {
        return switch (method) {
            case "INVITE", "ACK", "UPDATE", "INFO", "PRACK" -> true;
            default -> false;
        };
    }
}
