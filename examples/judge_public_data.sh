#!/bin/sh
# Leaderboards, rater reports and opinion groups from public data sets, one HTML page each.
#
#   examples/judge_public_data.sh DATA [OUT] [PROGRAM]
#
# DATA holds the folders named below (llmfao, mtbench_human, hh_harmless_test, squality_human_eval,
# lewidi2023_convabuse, ccai, polis_open), as published; OUT (default ./judged) takes the pages and
# the terminal summaries; PROGRAM defaults to edgewise on the path.
set -eu
[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
data=$1 out=${2:-judged} edgewise=${3:-edgewise}
mkdir -p "$out"

# judge COMMAND NAME INPUT [FLAGS...]
judge() {
    command=$1 name=$2 input=$data/$3; shift 3
    if [ ! -e "$input" ]; then echo "skipped $name: $input is not there"; return; fi
    echo "== $command $name"
    "$edgewise" "$command" "$input" "$@" --quiet --title "$name" \
        --html "$out/$command-$name.html" > "$out/$command-$name.txt"
    sed -n '1,24p' "$out/$command-$name.txt"
}

# Sixty language models compared by crowd workers, and by two models beside them.
judge leaderboard llmfao llmfao
judge raters llmfao llmfao

# Six models judged by experts and by the authors of the benchmark; GPT-4's verdicts beside theirs.
judge leaderboard mtbench mtbench_human/comparisons.csv
judge raters mtbench mtbench_human/comparisons_joined.csv

# Every prompt has its own two answers: nothing links them, so nothing can be ranked.
judge leaderboard hh hh_harmless_test/test.jsonl.gz

# The same summaries rated and ranked.
judge fit squality squality_human_eval/ratings.csv

# Few annotators who see every item, on several values.
judge raters convabuse lewidi2023_convabuse/ratings.csv
judge fit convabuse lewidi2023_convabuse/ratings.csv

# Votes on statements: groups found anew, beside those that were published.
judge groups ccai ccai
for conversation in "$data"/polis_open/*/; do
    name=$(basename "$conversation")
    judge groups "$name" "polis_open/$name"
done
