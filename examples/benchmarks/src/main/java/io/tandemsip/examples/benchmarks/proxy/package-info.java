/** Proxies side by side under SIPp: processor time of a call through each. */
@NullMarked
package io.tandemsip.examples.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
