package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.util.Optional;

/**
 * Where a request leaves and where it goes. Immutable.
 *
 * @param side the listening point it leaves by
 * @param destination where it goes; empty for where its Route or Request-URI says
 * @param flow whether that is a user's own connection, so that there is no other way
 */
record Target(ListeningSide side, Optional<SipDestination> destination, boolean flow) {
    Target(ListeningSide side, Optional<SipDestination> destination) {
        this(side, destination, false);
    }
}
