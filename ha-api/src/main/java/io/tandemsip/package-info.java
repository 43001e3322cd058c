/** The facade: a call in, a placement out; an in-dialog request in, a route out. */
@NullMarked
package io.tandemsip;

import org.jspecify.annotations.NullMarked;
