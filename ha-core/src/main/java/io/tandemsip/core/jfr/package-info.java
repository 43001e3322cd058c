/** Events of the JDK's flight recorder. */
@NullMarked
package io.tandemsip.core.jfr;

import org.jspecify.annotations.NullMarked;
