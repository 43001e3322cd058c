package io.tandemsip.core.source;

import io.tandemsip.node.AdminState;
import io.tandemsip.node.Node;
import java.util.Locale;

/**
 * Says in which admin state a node begins when a router sees it for the first time: an attribute of the node, so that any
 * source can set it. Operators' later orders outrank it. Pure.
 */
public final class InitialAdmin {
    /** The attribute: {@code in-service} or {@code out-of-service}. */
    public static final String ATTRIBUTE = "admin";

    private InitialAdmin() {}

    /**
     * The attribute's value for a state.
     *
     * @param state the state
     * @return its name in lower case with hyphens
     */
    public static String textOf(AdminState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The state a node begins in.
     *
     * @param node as configured
     * @return out of service if its attribute says so, else in service
     */
    public static AdminState of(Node node) {
        return textOf(AdminState.OUT_OF_SERVICE).equals(node.attributes().get(ATTRIBUTE))
                ? AdminState.OUT_OF_SERVICE
                : AdminState.IN_SERVICE;
    }
}
