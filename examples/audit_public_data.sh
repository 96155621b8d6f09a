#!/bin/sh
# Audits public data sets and leaves one HTML page each.
#
#   examples/audit_public_data.sh DATA [OUT] [PROGRAM]
#
# DATA holds the folders named below (annotators_with_attitudes, sbic_dev, ccai, polis_open,
# cohere_human_feedback, squality_human_eval, fed), as published; OUT (default ./audits) takes the
# pages and the terminal summaries; PROGRAM defaults to edgewise on the path.
set -eu
[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
data=$1 out=${2:-audits} edgewise=${3:-edgewise}
mkdir -p "$out"

# audit NAME INPUT [FLAGS...]
audit() {
    name=$1 input=$data/$2; shift 2
    if [ ! -e "$input" ]; then echo "skipped $name: $input is not there"; return; fi
    echo "== $name"
    "$edgewise" audit "$input" "$@" --quiet --title "$name" --html "$out/$name.html" > "$out/$name.txt"
    sed -n '/^What one number/,/^$/p' "$out/$name.txt"
}

# Toxicity on four dimensions, all unwanted; attitudes of the raters beside their demographics.
toxic=toyou,toany,intent,racist
audit attitudes-small annotators_with_attitudes/small_ratings.csv --negative $toxic
audit attitudes-large annotators_with_attitudes/large_ratings.csv --negative $toxic

# Social bias frames: three questions about a post, all about something unwanted.
audit sbic sbic_dev/ratings.csv --negative offensiveYN,intentYN,sexYN,whoTarget

# People voting on statements; opinion groups were clustered on the same votes.
audit ccai ccai
audit polis-bowling-green polis_open/american-assembly.bowling-green
audit polis-brexit polis_open/brexit-consensus

# Model outputs: an overall score, six qualities and ten error flags in one row.
audit cohere cohere_human_feedback/part1_granular.csv --format wide_table \
    --case-column dataset,sample_ix --option-column model --rater-column session \
    --value-columns overall,confidence,style,detail,clarity,creativity,useful,contradiction,inconsistent,factuality,relevance,formatting,refusal,repetition,scope,fluency,harmful \
    --negative contradiction,inconsistent,factuality,relevance,formatting,refusal,repetition,scope,fluency,harmful

# The same outputs, qualities only: how often does a quality oppose the overall score?
audit cohere-qualities cohere_human_feedback/part1_granular.csv --format wide_table \
    --case-column dataset,sample_ix --option-column model --rater-column session \
    --value-columns overall,confidence,style,detail,clarity,creativity,useful

# Three summaries of a story on three dimensions, and dialogue turns on nineteen.
audit squality squality_human_eval/ratings.csv
audit fed fed/ratings.csv
