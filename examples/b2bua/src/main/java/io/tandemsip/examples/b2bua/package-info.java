/**
 * A B2BUA that knows its targets by configuration, before and after Tandem. In the style of its time: not null-marked.
 */
package io.tandemsip.examples.b2bua;
