/** Tandem inside a JAIN-SIP process: a proxy core, probes over the host's own provider, and what they need. */
@NullMarked
package io.tandemsip.jainsip;

import org.jspecify.annotations.NullMarked;
