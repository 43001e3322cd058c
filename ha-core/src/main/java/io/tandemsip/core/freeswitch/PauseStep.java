package io.tandemsip.core.freeswitch;

import java.util.Optional;

/**
 * What follows from how a node was found. Immutable.
 *
 * @param status from now on
 * @param effect to be done before the next look; empty for nothing
 */
record PauseStep(PauseStatus status, Optional<PauseEffect> effect) {}
