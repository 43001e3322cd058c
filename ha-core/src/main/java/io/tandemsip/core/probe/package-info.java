/** Probes that need no SIP stack. The only package here that opens sockets. */
@NullMarked
package io.tandemsip.core.probe;

import org.jspecify.annotations.NullMarked;
