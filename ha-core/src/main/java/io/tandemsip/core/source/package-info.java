/** Where nodes come from: files that are watched, DNS, and lists that the program changes. */
@NullMarked
package io.tandemsip.core.source;

import org.jspecify.annotations.NullMarked;
