/**
 * Shared state, dialogs and registrations in PostgreSQL 14 or later: {@link io.tandemsip.postgres.PostgresStores}. What is
 * asked waits in bounded queues and is written in batches; JDBC blocks threads of this package only.
 */
@NullMarked
package io.tandemsip.postgres;

import org.jspecify.annotations.NullMarked;
