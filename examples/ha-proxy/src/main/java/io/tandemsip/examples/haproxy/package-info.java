/** The program: a SIP proxy out of Tandem and JAIN-SIP, and its command line. */
@NullMarked
package io.tandemsip.examples.haproxy;

import org.jspecify.annotations.NullMarked;
