"""Writes an audit report as JSON from nothing but a seed: synthetic, for looking at the page.

    tools/sample_report.py full | large | one-dimension | empty | hostile > report.json

Every member that an audit can have occurs in `full`; the others are its edges. The figures follow
no model and mean nothing.
"""

import json
import random
import sys

rng = random.Random(7)
HOSTILE = ('</script><script>window.broken=1</script><!-- <img src=x onerror="window.broken=1">'
           '\u2028\u2029&amp;{{css}}@js@ "\'`${1}')


def r(low, high):
    return rng.uniform(low, high)


def interval(mean, half, low=0.0, high=9.9):
    return {"low": max(low, mean - half), "high": min(high, mean + half)}


def against(observed, mean, sd, n, p, whisker=True, low=0.0):
    counts = [0] * 24
    start, end = max(low, mean - 3.5 * sd), mean + 3.5 * sd
    for _ in range(200):
        at = (rng.gauss(mean, sd) - start) / (end - start) * 24
        counts[min(23, max(0, int(at)))] += 1
    return {"observed": observed, "interval": interval(observed, 2 * sd, low) if whisker else None,
            "null_mean": mean, "null_low": max(low, mean - 2 * sd), "null_high": mean + 2 * sd,
            "excess": observed - mean, "p": p, "q": min(1.0, p * 2.5), "n": n,
            "null": {"low": start, "high": end, "counts": counts}}


def dimension(name, kind="rating", negative=False):
    alpha = r(0.1, 0.8)
    return {"name": name, "kind": kind, "polarity": "negative" if negative else
            "positive (not declared)", "low": 1.0, "high": 5.0, "range_declared": negative,
            "present": ">= 3", "estimator": "hierarchical ratings", "why_estimator":
            "Ratings on five steps by raters who each saw several items.",
            "judgments": rng.randint(900, 2100), "items": 160, "raters": 84,
            "raters_per_item": 6.0, "mean_utility": r(0.3, 0.7), "alpha": alpha,
            "alpha_interval": interval(alpha, 0.09, -1), "alpha_se_rater": 0.041,
            "alpha_se_item": 0.018}


def resolvability(attribute, dimension_name, can):
    why = {"yes": "84 raters in 3 groups; enough relabellings, and a shift of 0.12 would be seen.",
           "weak": "Most cells hold one or two judgments; only large shifts would be seen.",
           "no": "Two raters in the smallest group: no relabelling of them could reach p = 0.05."}
    items = {"yes": "weak", "weak": "no", "no": "no"}[can]
    return {"attribute": attribute, "dimension": dimension_name, "raters": 84, "groups": 3,
            "smallest_group": 11, "items": 160, "cells": 402, "cell_median": 2.0,
            "cells_from_5": 0.124, "cells_from_10": 0.021, "smallest_p": 0.005,
            "strength": r(3, 80) if can != "no" else None, "strength_at_ceiling": can == "no",
            "detectable_shift": {"yes": 0.31, "weak": 0.62, "no": 1.0}[can],
            "target_shift": 0.25, "further_raters": {"yes": 6, "weak": 14, "no": 22}[can],
            "global": {"can": can, "why": why[can]},
            "items_answer": {"can": items, "why": why[items]}}


def effect(attribute, name, verdict):
    strong = verdict == "shown"
    flips = [{"least": least, "rate": against(0.17 - 0.02 * k if strong else 0.125 - 0.03 * k,
                                              0.12 - 0.035 * k, 0.012 + 0.004 * k, 160 - 48 * k,
                                              0.00498 if strong else 0.42, k < 3)}
             for k, least in enumerate([1, 3, 5, 10])]
    cannot = verdict == "cannot_tell"
    return {"attribute": attribute, "dimension": name,
            "disagreement_ratio": None if cannot else
            against(1.17 if strong else 1.004, 1.0, 0.022, 152, 1 / 201 if strong else 81 / 201),
            "within": None if cannot else 0.061, "across": None if cannot else 0.0713,
            "flips": [] if cannot else flips, "jsd_share": 0.21,
            "jsd_share_corrected": 0.034 if strong else 0.0,
            "components": None if cannot else
            {"item": 0.031, "rater": 0.012, "item_by_group": 0.011 if strong else 0.0004,
             "residual": 0.047, "share_item_by_group": 0.109 if strong else 0.0044,
             "method": "reml", "likelihood_ratio": 31.2 if strong else 0.2,
             "converged": not strong or name != "harm"},
            "cells_tested": 0 if cannot else 388, "cells_flagged": 9 if strong else 0,
            "verdict": verdict, "words": {
                "shown": "Raters of different groups disagree more than raters of one group do, "
                         "beyond all 200 shuffles.",
                "not_shown": "Shuffled labels give the same. These data would have shown a "
                             "difference of the size that matters.",
                "cannot_tell": "No item has two raters of one group and one of another."}[verdict]}


def partition(attribute, names, verdict, dimensions, learned=False):
    return {"attribute": attribute,
            "groups": [{"name": name, "raters": rng.randint(9, 40),
                        "judgments": rng.randint(200, 900)} for name in names],
            "left_out": [{"name": "prefer not to say", "raters": 2,
                          "reason": "fewer than 5 raters"}],
            "raters_unknown": 3, "learned_from_judgments": learned,
            "note": "Opinion groups come from k-means on the votes." if learned else "",
            "effects": [effect(attribute, d, verdict if i != 1 else
                               "not_shown" if verdict == "shown" else verdict)
                        for i, d in enumerate(dimensions)], "verdict": verdict}


def loss(name, axis, verdict, mean, attribute="", null=None):
    return {"name": name, "axis": axis, "attribute": attribute, "verdict": verdict,
            "why": {"shown": "The interval lies above what matters, and above shuffled labels.",
                    "not_shown": "No more than shuffled labels give.",
                    "cannot_tell": "One dimension was judged, so nothing is averaged over values."}
            [verdict], "cases": 80, "sampled": False, "mean": mean,
            "interval": interval(mean, 0.018) if mean is not None else None,
            "plug_in": mean * 1.25 if mean is not None else None, "null": null,
            "share_material": 0.2875 if verdict == "shown" else 0.0125, "material": 0.05}


def signal(state):
    words = {"on": "Helpfulness and privacy pull apart on options A and B by 0.31.",
             "off": "No pair of options trades off beyond noise.",
             "unknown": "Two raters a group: cannot be told."}
    return {"state": state, "evidence": words[state], "q": r(0, 0.1) if state == "on" else None}


TEXTS = ["My neighbour has asked me to look after her medication while she is away; may I read "
         "the leaflet to see what she is being treated for?",
         "Write a joke about my manager for the leaving party.",
         "Should the city close the riverside road to cars on Sundays?",
         "Summarise this diary entry of my teenage son and tell me whether to worry."]


def case(i, flattening=True):
    def one(mean, known=True):
        return {"mean": mean if known else None,
                "interval": interval(mean, 0.4 * mean + 0.01) if known else None}
    scale = 0.32 / (1 + 0.05 * i)
    states = ["on", "off", "unknown"]
    return {"id": f"case-{i + 1:03}", "text": rng.choice(TEXTS),
            "context": [f"domain={rng.choice(['health', 'work', 'city'])}", "stakes=high"],
            "options": 3, "judgments": rng.randint(20, 90), "raters": rng.randint(3, 20),
            "pick": rng.choice("ABC"), "pick_support": r(0.4, 1) if i % 9 else None,
            "flattening": one(scale * r(0.1, 1), flattening),
            "representation": one(scale * r(0.1, 1), i % 11 != 10),
            "blindness": one(scale * r(0.02, 0.3)), "worst_dimension": "privacy",
            "worst_group": "age: 60 and over", "value_conflict": signal(rng.choice(states)),
            "disagreement": signal(rng.choice(states)), "ambiguity": signal(rng.choice(states)),
            "outcome": ["escalate", "options", "ask", "abstain", "answer"][min(4, rng.randint(0, 9))]}


def cell(i):
    n = rng.choice([2, 4, 7, 12, 31])
    if n == 2:
        return {"mean": None, "interval": None, "n": rng.choice([0, 1, 2]),
                "state": "insufficient"}
    mean = r(0.02, 0.98)
    return {"mean": mean, "interval": interval(mean, 0.35 / n ** 0.5, 0, 1), "n": n,
            "state": "pooled" if n == 4 else "observed"}


def heat_map(row, attribute, groups, dimensions):
    return {"case_id": row["id"], "case_text": row["text"], "attribute": attribute,
            "groups": groups, "dimensions": dimensions, "options": [
                {"id": name, "text": text, "scalar": r(0.3, 0.8),
                 "pooled": [dict(cell(0), mean=0.5, n=44, state="observed",
                                 interval={"low": 0.44, "high": 0.56}) for _ in dimensions],
                 "cells": [[cell(g) for _ in dimensions] for g in groups]}
                for name, text in [("A", "Read the leaflet; it is public information."),
                                   ("B", "Ask her first, and say why you would like to know."),
                                   ("C", "I cannot help with that.")]]}


def finding(axis, verdict, title, text, following):
    return {"axis": axis, "verdict": verdict, "title": title, "text": text, "next": following}


def report(state):
    large, hostile = state == "large", state == "hostile"
    names = ["helpfulness", "privacy", "harm", "honesty"]
    if state == "one-dimension":
        names = names[:1]
    ages = ["under 30", "30 to 59", "60 and over"]
    parts = [partition("age", ages, "shown", names),
             partition("gender", ["women", "men"], "not_shown", names),
             partition("country", ["Kenya", "Brazil"], "cannot_tell", names),
             partition("opinion group", ["1", "2"], "shown", names, True)]
    if large:
        parts += [partition(f"attribute {k}", ages, "not_shown", names) for k in range(6)]
    cases = [case(i, len(names) > 1) for i in range(200 if large else 60)]
    null = against(0.091, 0.058, 0.009, 80, 1 / 201)
    weak = against(0.06, 0.058, 0.009, 80, 0.4)
    can = {"shown": "yes", "not_shown": "weak", "cannot_tell": "no"}
    dims = [dimension(n, "rating", n == "harm") for n in names]
    if large:
        dims[0].update(alpha=None, alpha_interval=None, alpha_se_rater=None, alpha_se_item=None)

    def rate(observed, floor, known=True):
        return {"observed": observed, "interval": interval(observed, 0.031), "floor": floor,
                "floor_known": known, "excess": observed - floor, "n": 1312}
    pairs = [{"a": a, "b": b, "rate": rate(r(0.15, 0.3), r(0.08, 0.16), b != "honesty")}
             for i, a in enumerate(names) for b in names[i + 1:]]
    out = {
        "title": HOSTILE if hostile else "Everyday dilemmas (synthetic sample)",
        "provenance": {"version": "0.1.0", "seed": 1, "permutations": 200, "draws": 200,
                       "fdr": 0.1, "least_group": 5, "least_cell": 10,
                       "scalar": "mean over raters, then over dimensions, equal weights"},
        "findings": [
            finding("people", "shown", "One score misrepresents raters of 60 and over",
                    "On 14.9 % of the items with at least 5 judgments a group, the majority of "
                    "some age group opposes everybody's; shuffled labels give 8.5 %. None of 200 "
                    "shuffles gave as much.", "Report scores by age group, and open the first "
                    "five cases of the edge map with someone from each group."),
            finding("values", "shown", "Helpfulness is bought with privacy",
                    "Raters put one pair in four one way on helpfulness and the other way on "
                    "privacy: 25.1 % (22 % to 28 %) against 11.4 % from noise alone.",
                    "Keep the two apart in training data; export vector rewards."),
            finding("people", "not_shown", "Gender makes no difference that these data show",
                    "A shift of 0.31 on one item would have been found four times of five.",
                    "Nothing. To see smaller shifts, ask 6 further raters a group and item."),
            finding("people", "cannot_tell", "Nothing can be said about country",
                    "Two raters come from one of the two countries.", "Ask 22 further raters."),
            finding("data", "caution", "Opinion groups were found in the same votes",
                    "Differences between groups that were found in the judgments are larger than "
                    "they would be on fresh judgments.", "Split the sample, and look again.")],
        "data": {"judgments": 6120, "raters": 84, "machine_raters": 2, "cases": 80, "items": 240,
                 "item_means": "option", "repeated": 12, "underspecified": 31,
                 "dimensions": dims, "notes": [
                     "The polarity of helpfulness was not declared; more was taken as wanted.",
                     "12 judgments of the same rater on the same item were averaged."]},
        "resolvability": [resolvability(p["attribute"], e["dimension"], can[e["verdict"]])
                          for p in parts for e in p["effects"]],
        "partitions": parts,
        "attributes_left_out": [{"name": "postcode", "raters": 84,
                                 "reason": "84 values for 84 raters: no groups"}],
        "losses": [loss("flattening", "values", "shown", 0.113),
                   loss("representation", "people", "not_shown", 0.06, "gender", weak),
                   loss("representation", "people", "shown", 0.091, "age", null),
                   loss("blindness", "uncertainty", "shown", 0.024)],
        "conflicts": {"verdict": "shown", "why": "Four pairs of dimensions oppose beyond noise.",
                      "unit": "pairs of options of one case, by one rater", "reference": "",
                      "raters": 84, "cases": 80, "any": rate(0.412, 0.25), "pairs": pairs,
                      "option_pairs": 240, "incomparable": 0.463, "unsupported": 0.041,
                      "effective_dimensions": 2.64, "weight_sensitivity": 0.312,
                      "pareto_violations": 0.0004},
        "uncertainty": {"verdict": "shown", "why": "In 38 of 80 cases the pick has less than 95 % "
                        "support.", "epistemic_share": 0.214, "cases_undecided": 0.475,
                        "further_judgments": 17.0, "underspecified": None},
        "flags": [{"case_id": f"case-{i + 1:03}", "option": "ABC"[i % 3], "attribute": "age",
                   "group": ages[i % 3], "dimension": names[i % len(names)], "n": 11 + i,
                   "raw": 0.81, "shrunken": 0.71, "interval": {"low": 0.6, "high": 0.82},
                   "pooled": 0.4, "q": 0.0004 * (i + 1), "opposes": i % 2 == 0}
                  for i in range(18)],
        "flags_total": 27, "cases": cases, "cases_total": 400 if large else 80,
        "heat_maps": [heat_map(row, attribute, groups, names) for row in cases[:12]
                      for attribute, groups in [("age", ages), ("gender", ["women", "men"])]]}
    if state == "one-dimension":
        out["losses"][0].update(verdict="cannot_tell", mean=None, interval=None, plug_in=None,
                                why="One dimension was judged: nothing is averaged over values.")
        out["conflicts"].update(verdict="cannot_tell", why="One dimension only.", any=None,
                                effective_dimensions=None, incomparable=None, unsupported=None,
                                weight_sensitivity=None, pareto_violations=None)
        out.update(flags=[], flags_total=0)
    if state == "empty":
        out["data"].update(judgments=160, raters=1, machine_raters=0, cases=0, items=160,
                           repeated=0, underspecified=0, notes=[])
        for one in dims:
            one.update(alpha=None, alpha_interval=None, alpha_se_rater=None, alpha_se_item=None,
                       raters=1, raters_per_item=1.0, judgments=40, items=40)
        for name in ("resolvability", "partitions", "flags", "cases", "heat_maps",
                     "attributes_left_out"):
            out[name] = []
        out["findings"] = [finding("data", "cannot_tell", "Nothing can be shown here",
                                   "One rater judged everything: no two opinions to compare.",
                                   "Ask at least five further raters.")]
        out["losses"] = [loss("flattening", "values", "cannot_tell", None)]
        out["conflicts"].update(verdict="cannot_tell", why="One rater.", any=None, pairs=[],
                                option_pairs=0, incomparable=None, unsupported=None,
                                effective_dimensions=None, weight_sensitivity=None,
                                pareto_violations=None)
        out["uncertainty"] = {"verdict": "cannot_tell", "why": "One rater.",
                              "epistemic_share": None, "cases_undecided": None,
                              "further_judgments": None, "underspecified": None}
        out.update(flags_total=0, cases_total=0)
    return poison(out) if hostile else out


# The program's own words stay; every other text may come from the data.
OWN = {"shown", "not_shown", "cannot_tell", "caution", "yes", "weak", "no", "on", "off", "unknown",
       "answer", "options", "ask", "abstain", "escalate", "values", "people", "uncertainty", "data",
       "flattening", "representation", "blindness", "observed", "pooled", "insufficient", "reml"}


def poison(value):
    if isinstance(value, dict):
        return {k: poison(v) for k, v in value.items()}
    if isinstance(value, list):
        return [poison(v) for v in value]
    return value + HOSTILE if isinstance(value, str) and value not in OWN else value


if __name__ == "__main__":
    json.dump(report(sys.argv[1] if len(sys.argv) > 1 else "full"), sys.stdout)
