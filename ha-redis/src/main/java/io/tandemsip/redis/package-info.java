/**
 * Shared state, dialogs and registrations in Redis (standalone, Sentinel, Cluster) over Lettuce. Empty of classes so far:
 * a router keeps them in memory until this module is filled.
 */
@NullMarked
package io.tandemsip.redis;

import org.jspecify.annotations.NullMarked;
