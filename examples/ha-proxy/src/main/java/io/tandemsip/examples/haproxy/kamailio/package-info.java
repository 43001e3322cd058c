/** From what a Kamailio is configured with to a configuration of this program. */
@NullMarked
package io.tandemsip.examples.haproxy.kamailio;

import org.jspecify.annotations.NullMarked;
