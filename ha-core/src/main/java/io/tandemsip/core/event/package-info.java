/** Hands events to listeners without waiting for them. */
@NullMarked
package io.tandemsip.core.event;

import org.jspecify.annotations.NullMarked;
