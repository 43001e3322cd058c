/** Taking a node out of service without dropping a call. */
@NullMarked
package io.tandemsip.drain;

import org.jspecify.annotations.NullMarked;
