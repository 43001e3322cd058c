/** Reads what Kamailio's users have. */
@NullMarked
package io.tandemsip.core.kamailio;

import org.jspecify.annotations.NullMarked;
