/** Places on a node: concurrent calls, calls per second, named resources. */
@NullMarked
package io.tandemsip.core.capacity;

import org.jspecify.annotations.NullMarked;
