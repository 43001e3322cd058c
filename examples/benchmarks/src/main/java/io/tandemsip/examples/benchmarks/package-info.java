/** JMH benchmarks: what a decision costs. Not null-marked: JMH sets fields after the constructor. */
package io.tandemsip.examples.benchmarks;
