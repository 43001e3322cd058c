/** The entry point: {@link io.tandemsip.core.Tandem#builder()}. */
@NullMarked
package io.tandemsip.core;

import org.jspecify.annotations.NullMarked;
