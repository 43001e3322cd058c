#!/usr/bin/env bash
# The most calls a second that proxies carry without a failure, side by side: examples/benchmarks/limit.sh [kind...]
# The proxy has core 0 to itself, callers and their node core 1; the last line is callers to their node without a proxy between, which is
# the most that could be measured. SECONDS_A_RATE (5), ROUNDS (3), JVM as in proxies.sh. Kinds: see ProxyKind. Needs taskset; kamailio
# as in proxies.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- stateful stateful-door2 stateful-door3 stateful-door4 ha-proxy kamailio
mvn -B -ntp -q -DskipTests -pl examples/benchmarks -am package
taskset -c 1 java ${JVM:+"-Djvm=$JVM"} -cp examples/benchmarks/target/benchmarks.jar io.tandemsip.examples.benchmarks.proxy.ProxyLimit \
  examples/benchmarks/sipp "${SECONDS_A_RATE:-5}" "${ROUNDS:-3}" "$@"
