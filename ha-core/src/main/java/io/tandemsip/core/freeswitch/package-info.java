/** FreeSWITCH: its event socket, what it tells of a node, and what a node can be asked to do. */
@NullMarked
package io.tandemsip.core.freeswitch;

import org.jspecify.annotations.NullMarked;
