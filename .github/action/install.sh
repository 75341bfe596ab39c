#!/usr/bin/env bash
# Puts `ssc` on the PATH: a released binary whose checksum holds, or one built from the source of this action.
#
# SSC_VERSION     version to install; without it, that of the action
# SSC_REPOSITORY  owner/name that has the releases, and
# SSC_REF         tag, branch or commit of the action, where its path does not say them
# RUNNER_TEMP, GITHUB_PATH, GITHUB_ACTION_PATH, GITHUB_SERVER_URL   as the runner sets them
set -euo pipefail

here=${GITHUB_ACTION_PATH:?}
folder=${RUNNER_TEMP:?}/ssc-bin
server=${GITHUB_SERVER_URL:-https://github.com}

own_version() { sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1; }

# Runners keep actions in …/_actions/OWNER/NAME/REF. The path comes first: within another composite action,
# what the runner says about repository and ref is about that one.
repository=${SSC_REPOSITORY:-} ref=${SSC_REF:-}
if [[ ${here//\\//} =~ /_actions/([^/]+/[^/]+)/(.+)$ ]]; then
  repository=${BASH_REMATCH[1]} ref=${BASH_REMATCH[2]}
fi

target() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) echo x86_64-pc-windows-msvc ;;
  esac
}

sha256() { if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

done_with() {
  echo "$folder" >> "${GITHUB_PATH:?}"
  "$folder/ssc" --version
}

build() {
  echo "ssc: $1; building it from source"
  if ! command -v cargo > /dev/null; then
    echo "::error::there is no released binary to install ($1) and no cargo to build one"
    exit 2
  fi
  # The source at hand is of one version; it is never passed off as another.
  if [[ $version != "$(own_version)" ]]; then
    echo "::error::version $version is not released, and this action holds the source of $(own_version)"
    exit 2
  fi
  cargo install --locked --quiet --path "$here" --root "$RUNNER_TEMP/ssc-root"
  cp "$RUNNER_TEMP"/ssc-root/bin/ssc* "$folder/"
  done_with
  exit 0
}

mkdir -p "$folder"
version=${SSC_VERSION:-}
version=${version#v}
if [[ -z $version && $ref =~ ^v([0-9]+\.[0-9]+\.[0-9]+.*)$ ]]; then version=${BASH_REMATCH[1]}; fi
if [[ -z $version ]]; then version=$(own_version); fi

[[ -n $repository ]] || build "nothing says which repository has the releases"
target=$(target)
[[ -n $target ]] || build "there is no binary for $(uname -s) on $(uname -m)"

ending=tar.gz
[[ $target == *-windows-* ]] && ending=zip
archive=ssc-v$version-$target.$ending
url=$server/$repository/releases/download/v$version/$archive
fetch() { curl --fail --silent --show-error --location --retry 3 --output "$RUNNER_TEMP/$2" "$1"; }
fetch "$url" "$archive" || build "$url cannot be fetched"
# A binary without a checksum, or with another one, is not run.
if ! fetch "$url.sha256" "$archive.sha256"; then
  echo "::error::$url has no checksum"
  exit 2
fi
expected=$(cut -d ' ' -f 1 "$RUNNER_TEMP/$archive.sha256")
actual=$(sha256 "$RUNNER_TEMP/$archive")
if [[ $expected != "$actual" ]]; then
  echo "::error::the checksum of $archive is $actual, not $expected"
  exit 2
fi
if [[ $ending == zip ]]; then
  unzip -q -o "$RUNNER_TEMP/$archive" -d "$RUNNER_TEMP"
else
  tar -xzf "$RUNNER_TEMP/$archive" -C "$RUNNER_TEMP"
fi
cp "$RUNNER_TEMP/ssc-v$version-$target"/ssc* "$folder/"
done_with
