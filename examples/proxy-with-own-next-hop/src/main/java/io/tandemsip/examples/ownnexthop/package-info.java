/**
 * A proxy that picks its next hop itself, before and after Tandem. In the style of its time: not null-marked.
 */
package io.tandemsip.examples.ownnexthop;
