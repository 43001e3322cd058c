/** Taking a node out of service without dropping a call: the pure machine and its orchestrator. */
@NullMarked
package io.tandemsip.core.drain;

import org.jspecify.annotations.NullMarked;
