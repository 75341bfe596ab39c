#!/usr/bin/env bash
# Writes the result as a comment of the pull request. There is one such comment: the next run updates it.
#
# SSC_REPORTS       the folder of check.md
# SSC_PULL_REQUEST  its number
# GH_TOKEN, GITHUB_REPOSITORY   for `gh`
set -euo pipefail

marker='<!-- ssc-check -->'
file=${SSC_REPORTS:?}/check.md
if [[ ! -s $file ]]; then
  echo "ssc: there is no result to comment"
  exit 0
fi

# A comment has at most 65,536 characters.
body=$RUNNER_TEMP/ssc-comment.md
grep -qF -- "$marker" "$file" || echo "$marker" > "$body.head"
cat "$body.head" "$file" 2> /dev/null | head -c 65000 > "$body" || true
rm -f "$body.head"

comments=repos/${GITHUB_REPOSITORY:?}/issues/${SSC_PULL_REQUEST:?}/comments
quit() {
  # A pull request from a fork may only read: its result is in the summary all the same.
  echo "::warning::ssc: the result could not be written as a comment ($1); it is in the summary of the run"
  exit 0
}
find=".[] | select(.body | contains(\"$marker\")) | .id"
id=$(gh api --paginate "$comments?per_page=100" --jq "$find" | head -n 1) || quit "comments cannot be read"
if [[ -n $id ]]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body" || quit "comment $id cannot be changed"
  echo "ssc: updated comment $id"
else
  gh api --silent --method POST "$comments" --field "body=@$body" || quit "comments cannot be added"
  echo "ssc: added a comment"
fi
