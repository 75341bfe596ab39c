#!/usr/bin/env bash
# Packs a binary with its licences, completions and manual pages, and writes the checksum beside the archive.
#
#   package.sh BINARY TARGET VERSION FOLDER
set -euo pipefail

binary=$1 target=$2 version=$3 out=$4
root=$(cd "$(dirname "$0")/../.." && pwd)
name=ssc-v$version-$target
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -rf "${out:?}/$name"
mkdir -p "$out/$name/completions" "$out/$name/man"

cp "$binary" "$out/$name/"
cp "$root"/LICENSE* "$root/README.md" "$root/CHANGELOG.md" "$out/$name/"
"$binary" completions bash > "$out/$name/completions/ssc.bash"
"$binary" completions zsh > "$out/$name/completions/_ssc"
"$binary" completions fish > "$out/$name/completions/ssc.fish"
"$binary" completions powershell > "$out/$name/completions/_ssc.ps1"
"$binary" --quiet man "$out/$name/man"

cd "$out"
if [[ $target == *-windows-* ]]; then
  archive=$name.zip
  7z a -bso0 "$archive" "$name"
else
  archive=$name.tar.gz
  tar -czf "$archive" "$name"
fi
rm -rf "${out:?}/$name"
if command -v sha256sum > /dev/null; then sha256sum "$archive"; else shasum -a 256 "$archive"; fi > "$archive.sha256"
cat "$archive.sha256"
