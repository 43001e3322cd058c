/** What the documentation shows, compiled. */
@NullMarked
package io.tandemsip.examples.quickstart;

import org.jspecify.annotations.NullMarked;
