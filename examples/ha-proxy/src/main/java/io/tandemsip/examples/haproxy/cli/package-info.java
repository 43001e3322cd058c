/** The command line: what operators type, and what they get to see. */
@NullMarked
package io.tandemsip.examples.haproxy.cli;

import org.jspecify.annotations.NullMarked;
