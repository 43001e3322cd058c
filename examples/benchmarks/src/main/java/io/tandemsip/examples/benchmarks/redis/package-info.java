/** What dialogs in Redis cost, beside the plainest thing that could be done instead. */
package io.tandemsip.examples.benchmarks.redis;
