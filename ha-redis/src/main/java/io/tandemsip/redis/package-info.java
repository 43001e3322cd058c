/**
 * Shared state, dialogs and registrations in Redis 6.2 or later (one server, Sentinel, Cluster), over Lettuce:
 * {@link io.tandemsip.redis.RedisStores}. Nothing here blocks but the first connection and the end.
 */
@NullMarked
package io.tandemsip.redis;

import org.jspecify.annotations.NullMarked;
