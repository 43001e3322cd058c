/** What routers tell each other over shared state, encoded once for every back end. */
@NullMarked
package io.tandemsip.core.cluster;

import org.jspecify.annotations.NullMarked;
