#!/usr/bin/env bash
# Runs `ssc check` and keeps its exit code for the last step, so that the result is shown whatever it is.
#
# SSC_SCENARIO  the scenario
# SSC_BASELINE  what to compare with, if anything
# SSC_ARGS      more arguments, separated by spaces
# RUNNER_TEMP, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY   as the runner sets them
set -uo pipefail

reports=${RUNNER_TEMP:?}/ssc-check
rm -rf "$reports"
mkdir -p "$reports"

arguments=("${SSC_SCENARIO:?}" --format github)
for report in json=check.json markdown=check.md sarif=check.sarif junit=check.xml; do
  arguments+=(--report "${report%%=*}=$reports/${report#*=}")
done
if [[ -n ${SSC_BASELINE:-} ]]; then arguments+=(--baseline "$SSC_BASELINE"); fi
# Words, nothing else: no quotes, no patterns, no commands.
read -r -d '' -a more <<< "${SSC_ARGS:-}" || true
if ((${#more[@]})); then arguments+=("${more[@]}"); fi

ssc check "${arguments[@]}"
code=$?

if [[ -s $reports/check.md ]]; then cat "$reports/check.md" >> "${GITHUB_STEP_SUMMARY:?}"; fi
sarif=false
if [[ -s $reports/check.sarif ]]; then sarif=true; fi
{
  echo "exit-code=$code"
  echo "reports=$reports"
  echo "sarif=$sarif"
} >> "${GITHUB_OUTPUT:?}"
case $code in
  0) echo "ssc: within budget" ;;
  1) echo "::error::ssc: a budget is exceeded" ;;
  2) echo "::error::ssc: the check could not be made; the message above says why" ;;
  3) echo "::error::ssc: something has no price, so the check is incomplete" ;;
  *) echo "::error::ssc: exit code $code" ;;
esac
exit 0
