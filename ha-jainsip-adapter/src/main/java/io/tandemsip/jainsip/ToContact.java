package io.tandemsip.jainsip;

import io.tandemsip.location.ContactBinding;
import java.util.List;
import java.util.Optional;

/**
 * One contact of a registered user, as a request is sent to it. Immutable.
 *
 * @param uri what becomes the Request-URI
 * @param routes what becomes its Routes, topmost first; none if the flow is this proxy's
 * @param flow the flow that is this proxy's; empty if another proxy has it, or nobody
 * @param breadth what becomes its Max-Breadth (RFC 5393); 0 for what it came with
 */
record ToContact(String uri, List<String> routes, Optional<Flow> flow, int breadth) {
    ToContact {
        routes = List.copyOf(routes);
    }

    /** The way to a registered contact: its Path, of which the topmost value may be this proxy's own. */
    static ToContact of(ContactBinding contact, Flows flows) {
        List<String> path = contact.path();
        Optional<Flow> flow = path.isEmpty() ? Optional.empty() : flows.of(path.get(0));
        return new ToContact(contact.contact(), path.subList(flow.isPresent() ? 1 : 0, path.size()), flow, 0);
    }

    ToContact withBreadth(int most) {
        return new ToContact(uri, routes, flow, most);
    }
}
