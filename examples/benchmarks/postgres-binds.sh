#!/usr/bin/env bash
# Binds per second through the dialog store in PostgreSQL beside raw INSERT … unnest: examples/benchmarks/postgres-binds.sh [dialogs]
set -euo pipefail
cd "$(dirname "$0")/../.."
mvn -B -ntp -q -DskipTests -pl examples/benchmarks -am package
java -cp examples/benchmarks/target/benchmarks.jar io.tandemsip.examples.benchmarks.postgres.PostgresBinds "$@"
