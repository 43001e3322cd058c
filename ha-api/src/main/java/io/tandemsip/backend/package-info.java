/** What back ends have in common, in memory or in whatever database: for those who write one. Hosts need nothing of it. */
@NullMarked
package io.tandemsip.backend;

import org.jspecify.annotations.NullMarked;
