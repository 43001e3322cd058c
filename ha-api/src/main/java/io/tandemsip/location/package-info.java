/** Registrations that every node can find (RFC 3261 section 10). */
@NullMarked
package io.tandemsip.location;

import org.jspecify.annotations.NullMarked;
