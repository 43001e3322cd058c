package io.tandemsip.jainsip;

import java.util.List;
import java.util.Optional;

/**
 * One contact of a registered user, as a request is sent to it. Immutable.
 *
 * @param uri what becomes the Request-URI
 * @param routes what becomes its Routes, topmost first; none if the flow is this proxy's
 * @param flow the flow that is this proxy's; empty if another proxy has it, or nobody
 */
record ToContact(String uri, List<String> routes, Optional<Flow> flow) {
    ToContact {
        routes = List.copyOf(routes);
    }
}
