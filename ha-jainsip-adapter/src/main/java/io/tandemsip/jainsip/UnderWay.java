package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.node.NodeId;
import javax.sip.message.Response;

/** One request under way through the proxy, as what happens on either side of it comes to it. Thread-safe. */
interface UnderWay {
    /** A response came to one of its branches. */
    void onResponse(Response response);

    /** A branch ended without final response: Timer B or F, or the transport failed. */
    void onLost(String branchId, Failure failure);

    /** The dialogs of a node went to another, and it may be the one that is asked. */
    void onMoved(NodeId dead);

    /** The caller sent CANCEL. */
    void onCancel();

    /** Called now and then with the time. */
    void checkDeadline(long nowNanos);
}
