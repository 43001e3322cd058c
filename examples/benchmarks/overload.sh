#!/usr/bin/env bash
# What HaProxy completes of five times the calls that it can carry, over its own maximum: examples/benchmarks/overload.sh
# SECONDS_A_ROUND (20), ROUNDS (3), JVM as in proxies.sh. The proxy has core 0 to itself, callers and the node, which are in one process,
# core 1. Needs taskset.
set -euo pipefail
cd "$(dirname "$0")/../.."
mvn -B -ntp -q -DskipTests -pl examples/benchmarks -am package
taskset -c 1 java ${JVM:+"-Djvm=$JVM"} -cp examples/benchmarks/target/benchmarks.jar \
  io.tandemsip.examples.benchmarks.proxy.ProxyOverload examples/benchmarks/sipp "${SECONDS_A_ROUND:-20}" "${ROUNDS:-3}" "$@"
