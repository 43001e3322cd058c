package io.tandemsip.jainsip;

import java.util.List;

/**
 * What an event leads to. Immutable.
 *
 * @param status from now on
 * @param effects to be done, in this order
 */
record LegStep(LegStatus status, List<LegEffect> effects) {}
