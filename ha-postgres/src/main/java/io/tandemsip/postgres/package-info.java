/**
 * Shared state, dialogs and registrations in PostgreSQL over HikariCP. Empty of classes so far: a router keeps them in
 * memory until this module is filled.
 */
@NullMarked
package io.tandemsip.postgres;

import org.jspecify.annotations.NullMarked;
