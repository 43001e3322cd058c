/** The unchecked exceptions: the outside world failed, or the configuration is wrong. */
@NullMarked
package io.tandemsip.error;

import org.jspecify.annotations.NullMarked;
