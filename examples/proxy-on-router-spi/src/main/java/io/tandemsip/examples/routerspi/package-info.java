/**
 * A proxy that leaves the next hop to its stack, before and after Tandem. In the style of its time: not null-marked.
 */
package io.tandemsip.examples.routerspi;
