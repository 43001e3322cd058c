#!/usr/bin/env bash
# Runs the doors' tests on other releases of JAIN-SIP than the one compiled against, and with the stack in each mode that
# hosts have: docs/reference/jain-sip-versions.md. From the top of the repository: examples/jain-sip-versions.sh [VERSION…]
set -u
cd "$(dirname "$0")/.." || exit 1
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(1.2.1.4 1.2.344 1.3.0-91)
tests=SipMessagesTest,RouteMarkTest,RouteMarkPropertiesTest,SipDoorTest,SipDoorPropertiesTest,TandemRouterTest
tests=$tests,WatchingListenerTest,ListenerAroundPropertiesTest,FailingOverTest,FailingOverPropertiesTest,LegTrackerTest
tests=$tests,OptionsProbeTest,MessageValveTest
prefix=gov.nist.javax.sip
modes=(
  "re-entrant, OIO:"
  "one event thread:-D$prefix.REENTRANT_LISTENER=false"
  "NIO:-D$prefix.MESSAGE_PROCESSOR_FACTORY=$prefix.stack.NioMessageProcessorFactory"
)
failed=0
for version in "${versions[@]}"; do
  for mode in "${modes[@]}"; do
    log=ha-jainsip-adapter/target/jain-sip-$version.log
    # shellcheck disable=SC2086
    mvn -B -ntp -pl ha-jainsip-adapter -am -Djain.sip="$version" ${mode#*:} -Dtest="$tests" \
      -Dsurefire.failIfNoSpecifiedTests=false -Dmaven.test.failure.ignore=true test >"$log" 2>&1
    counted=$(grep -E 'Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+$' "$log" | tail -1 | sed 's/.*Tests run/Tests run/')
    echo "$version | ${mode%%:*} | ${counted:-did not run, see $log}"
    case $counted in *"Failures: 0, Errors: 0"*) ;; *) failed=1; cp "$log" "${log%.log}-$(echo "${mode%%:*}" | tr -c 'A-Za-z\n' _).log" ;; esac
  done
done
exit $failed
