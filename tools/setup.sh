#!/bin/sh
# Installs the Debian 12 packages that Edgewise needs, and only those. Does nothing, in a tenth of a
# second, when they are there.
#
#   tools/setup.sh [build] [tools] [coverage] [browser]      (no word: build)
#
#   build    compiler, build system and libraries: enough for ./ew demo, test, deb
#   tools    clang 19 for ./ew lint, fmt and fuzz
#   coverage gcovr, for ./ew coverage
#   browser  Chromium, for the optional screenshot of the report
set -eu

build="g++ cmake ninja-build ccache mold pkg-config git dpkg-dev python3 python3-jsonschema
       libsimdjson-dev libcli11-dev libfmt-dev libxxhash-dev libeigen3-dev libboost-math-dev
       nlohmann-json3-dev libzstd-dev zlib1g-dev libssl-dev doctest-dev libbenchmark-dev zstd gzip"
tools="clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev"
coverage="gcovr"
browser="chromium"

wanted=
for group in "${@:-build}"; do
    case $group in
        build) wanted="$wanted $build" ;;
        tools) wanted="$wanted $tools" ;;
        coverage) wanted="$wanted $coverage" ;;
        browser) wanted="$wanted $browser" ;;
        *) echo "tools/setup.sh: no group \"$group\"; there are build, tools, coverage, browser" >&2
           exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "tools/setup.sh: not a Debian system; going on as if these were installed:" $wanted >&2
    exit 0
fi

# shellcheck disable=SC2086  # a list of words
installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p' | tr '\n' ' ') "
missing=
for package in $wanted; do
    case $installed in *" $package "*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null; then
        echo "tools/setup.sh: these packages are missing and only root can install them:" >&2
        echo "    apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
fi
echo "Installing:$missing"
# shellcheck disable=SC2086
if ! { $as_root apt-get -q update &&
       $as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get -q -y --no-install-recommends install $missing; }; then
    echo "tools/setup.sh: apt-get could not install:$missing" >&2
    echo "    Edgewise is built on Debian 12 (bookworm); check the package sources and the network." >&2
    exit 1
fi
