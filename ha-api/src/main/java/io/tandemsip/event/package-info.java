/** What happened and why, for listeners. */
@NullMarked
package io.tandemsip.event;

import org.jspecify.annotations.NullMarked;
