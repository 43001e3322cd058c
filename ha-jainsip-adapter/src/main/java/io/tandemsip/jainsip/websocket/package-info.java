/**
 * WebSocket for the stack (RFC 6455, RFC 7118): sockets, TLS and sending are the reference implementation's, reading is done here.
 * Of no use to hosts but by {@link io.tandemsip.jainsip.DirectProcessorFactory}.
 */
@NullMarked
package io.tandemsip.jainsip.websocket;

import org.jspecify.annotations.NullMarked;
