/** The endpoint for operators: JSON over HTTP on loopback. */
@NullMarked
package io.tandemsip.examples.haproxy.http;

import org.jspecify.annotations.NullMarked;
