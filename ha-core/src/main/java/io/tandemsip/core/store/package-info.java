/** Stores that keep everything in this process. */
@NullMarked
package io.tandemsip.core.store;

import org.jspecify.annotations.NullMarked;
