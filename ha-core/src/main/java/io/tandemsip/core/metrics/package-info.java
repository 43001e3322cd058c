/** Meters for Micrometer, which is needed by nobody but this package. */
@NullMarked
package io.tandemsip.core.metrics;

import org.jspecify.annotations.NullMarked;
