/** What dialogs in PostgreSQL cost, beside the plainest thing that could be done instead. */
package io.tandemsip.examples.benchmarks.postgres;
