#!/usr/bin/env bash
# Processor time of a call through proxies, side by side under SIPp: examples/benchmarks/proxies.sh [kind...]
# Beside it how long callers waited, and the pauses of the JVMs. JVM='-XX:+UseParallelGC' gives the JVMs options.
# RATE calls a second (500), SECONDS_A_ROUND (8), ROUNDS (5). Kinds: see ProxyKind. Needs SIPp; kamailio needs Debian's packages
# kamailio and kamailio-redis-modules, and redis-server.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- stateful stateless ha-proxy-stack ha-proxy
mvn -B -ntp -q -DskipTests -pl examples/benchmarks -am package
java ${JVM:+"-Djvm=$JVM"} -cp examples/benchmarks/target/benchmarks.jar io.tandemsip.examples.benchmarks.proxy.ProxyCpu \
  examples/benchmarks/sipp "${RATE:-500}" "${SECONDS_A_ROUND:-8}" "${ROUNDS:-5}" "$@"
