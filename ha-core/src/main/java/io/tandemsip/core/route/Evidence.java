package io.tandemsip.core.route;

import io.tandemsip.Failure;
import io.tandemsip.core.view.LiveNode;

/** Carries what traffic tells about nodes from the routing path to the control loop. Never blocks. Thread-safe. */
interface Evidence {
    /** An INVITE left for its node. */
    void sent(Attempt attempt);

    /** A node answered an attempt for the first time. */
    void heard(LiveNode node);

    /** A node failed a call. */
    void failed(Attempt attempt, Failure failure);

    /** A node answered a call with 2xx. */
    void succeeded(Attempt attempt);

    /** Few of the calls are left that this router may have on a node of which others share the limit. */
    void placesLow(LiveNode node);

    /** A node that takes no new calls has one call less. */
    void callEnded(LiveNode node);
}
