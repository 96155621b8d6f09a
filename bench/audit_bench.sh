#!/bin/sh
# Import and audit of simulated ratings, timed, beside the same numbers by pandas, numpy, Polars and
# DuckDB on the same files. What the figures mean: docs/benchmarks.md.
#
#   bench/audit_bench.sh                   two minutes: 20,000 items, 800,000 ratings
#   bench/audit_bench.sh --full            10 million ratings, as in docs/benchmarks.md
#   bench/audit_bench.sh --items N --raters N --raters-per-item X --permutations N
#   bench/audit_bench.sh --folder DIR      keep the input and everything measured in DIR
#   bench/audit_bench.sh --rounds N        the best of N counts (3)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
items=20000 raters=1000 per_item=5 permutations=200 rounds=3 folder=
while [ $# -gt 0 ]; do
    case $1 in
        --full) items=1000000 raters=10000 per_item=1.25; shift; continue ;;
        -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit ;;
    esac
    [ $# -gt 1 ] || { echo "audit_bench: expected a value after $1; see --help" >&2; exit 2; }
    case $1 in
        --items) items=$2 ;;
        --raters) raters=$2 ;;
        --raters-per-item) per_item=$2 ;;
        --permutations) permutations=$2 ;;
        --folder) folder=$2 ;;
        --rounds) rounds=$2 ;;
        *) echo "audit_bench: no flag $1; see --help" >&2; exit 2 ;;
    esac
    shift 2
done
[ -x /usr/bin/time ] || { echo "audit_bench: needs /usr/bin/time (Debian package time)" >&2; exit 2; }

cd "$root"
[ -f build/release/build.ninja ] || cmake --preset release
cmake --build --preset release --target edgewise_app edgewise_audit_core edgewise_bandwidth

if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
world="--cases $items --raters $raters --raters-per-case $per_item --seed 1
    --dimensions a,b,c,d,e,f,g,h --disagreement-share 0.1 --conflict-share 0.1
    --dimension-correlation 0.5 --item-by-group-sd 0.05"
# The same world twice; made anew only when it was asked for in other words.
if [ "$(cat "$folder/world" 2>/dev/null)" != "$world" ]; then
    # shellcheck disable=SC2086  # flags
    build/release/edgewise simulate "$folder/csv" --format csv $world --quiet >/dev/null
    # shellcheck disable=SC2086
    build/release/edgewise simulate "$folder/jsonl" $world --quiet >/dev/null
    printf '%s' "$world" >"$folder/world"
fi
venv=$folder/venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import pandas, numpy, polars, duckdb' 2>/dev/null ||
    "$venv/bin/pip" install --quiet pandas numpy polars duckdb
"$venv/bin/python" bench/peers/compare.py --folder "$folder" --build build/release \
    --permutations "$permutations" --rounds "$rounds"
