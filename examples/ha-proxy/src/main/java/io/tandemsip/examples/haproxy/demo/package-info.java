/** Calls through the proxy while a node dies and another is drained. */
@NullMarked
package io.tandemsip.examples.haproxy.demo;

import org.jspecify.annotations.NullMarked;
