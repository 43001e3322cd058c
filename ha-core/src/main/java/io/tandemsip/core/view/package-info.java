/** What routing decides on: live nodes, and immutable views of them. */
@NullMarked
package io.tandemsip.core.view;

import org.jspecify.annotations.NullMarked;
