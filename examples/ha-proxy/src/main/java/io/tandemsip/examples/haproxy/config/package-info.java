/** The configuration file: text to values, or all its mistakes. */
@NullMarked
package io.tandemsip.examples.haproxy.config;

import org.jspecify.annotations.NullMarked;
