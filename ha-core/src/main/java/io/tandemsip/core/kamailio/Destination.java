package io.tandemsip.core.kamailio;

import io.tandemsip.node.Node;

/**
 * One line of a dispatcher list: a node as that line sees it. Immutable.
 *
 * @param line where it stands
 * @param setId its set
 * @param named whether the line names the node itself, by a duid
 * @param node in the default pool
 */
record Destination(int line, int setId, boolean named, Node node) {}
