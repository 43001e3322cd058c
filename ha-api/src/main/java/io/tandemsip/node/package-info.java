/** What a node is, the three axes that describe it, and the view that routing decides on. */
@NullMarked
package io.tandemsip.node;

import org.jspecify.annotations.NullMarked;
