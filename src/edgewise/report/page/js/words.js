// What each measure means: in plain words for the explanations on the page, with formula and
// source for the section on method. `ours`: the formula is Edgewise\u2019s own.

const kMeasures = {
  utility: ["Utility",
    "Every answer is put on one scale from 0 (the worst the scale allows) to 1 (the best), with " +
    "unwanted dimensions turned round, so that larger is always better. A difference of 0.25 is " +
    "one step on a five-point scale.",
    "u = (y \u2212 low) / (high \u2212 low); 1 \u2212 u where the dimension is unwanted", "ours"],
  scalar: ["Scalar",
    "The one number that this audit examines: the weighted mean over dimensions of what all " +
    "raters said, as a reward model or a leaderboard would use it. The option with the largest " +
    "scalar is its pick.", "a* = argmax_o \u03a3_d w_d U(d, o)", "ours"],
  flattening: ["Flattening",
    "How much worse the scalar\u2019s pick is on its worst dimension than it needed to be. Zero when " +
    "averaging over values did no harm.",
    "max_d R_d(a*) \u2212 min_o max_d R_d(o), where R_d(a) = max_o v_d(o) \u2212 v_d(a)",
    "ours, after the failures named in arXiv 2602.20042"],
  representation: ["Representation loss",
    "How much worse the scalar\u2019s pick is for the group it serves worst than it needed to be. " +
    "A largest difference over noisy groups is above zero even when groups mean nothing, so it " +
    "is always shown beside its value under shuffled labels.",
    "max_g R_g(a*) \u2212 min_o max_g R_g(o)", "ours, after arXiv 2602.20042"],
  blindness: ["Uncertainty blindness",
    "How much better the pick would be on average if everybody\u2019s opinion were known exactly. " +
    "This is the expected value of perfect information.",
    "E_s[max_o v_s(o)] \u2212 max_o E_s[v_s(o)]", "Raiffa and Schlaifer 1961"],
  shuffle: ["Shuffled labels (the null)",
    "Group labels are dealt out again at random between raters, many times, and the same " +
    "statistic is computed each time. What comes out shows what noise alone produces. Raters, " +
    "not judgments, are shuffled, since raters are what was sampled.",
    "labels permuted over raters; all else kept", "Fisher 1935; Phipson and Smyth 2010"],
  p: ["p",
    "How often shuffled labels give a value at least as large as the observed one. Small: noise " +
    "alone seldom does this. It is not the probability that groups agree.",
    "p = (1 + shuffles at least as large) / (1 + shuffles)", "Phipson and Smyth 2010"],
  q: ["q",
    "p after correction for the number of tests of the same kind in this audit. Calling " +
    "everything up to q = 0.10 a discovery keeps the expected share of false ones at a tenth.",
    "q_n = min over k \u2265 n of m p_k / k", "Benjamini and Hochberg 1995"],
  ratio: ["Disagreement ratio",
    "How far raters of different groups are apart on the same item, against how far raters of " +
    "one group are. 1: belonging to a group adds nothing to disagreement.",
    "mean (u_i \u2212 u_j)\u00b2 across groups / mean (u_i \u2212 u_j)\u00b2 within groups", "ours"],
  flips: ["Flip rate",
    "Share of items on which the majority of some group is on the other side of everybody\u2019s " +
    "majority. With few raters in a group this happens by chance, often: compare it with the " +
    "grey band. Read from left to right, each step asks for more judgments a group.",
    "share of items with sign(m_g \u2212 c) \u2260 sign(m \u2212 c) for some group g with n \u2265 least",
    "ours"],
  jsd: ["Between-group share of entropy",
    "Of all the variety in the answers to an item, the share that vanishes once you know the " +
    "rater\u2019s group. The raw share is inflated by small cells; the corrected one is not.",
    "JSD / H(pooled), H(pooled) = \u03a3_g w_g H(p_g) + JSD; corrected: " +
    "max(0, JSD \u2212 df / 2N) / H", "Lin 1991; Miller 1955"],
  components: ["Variance components",
    "Where the variety in the answers comes from: items differ; raters are strict or lenient; " +
    "groups see the same item differently (item \u00d7 group); the rest is noise and personal taste.",
    "y = \u03bc + item + rater + item\u00d7group + rest", "Patterson and Thompson 1971; Searle et al. 1992"],
  alpha: ["Krippendorff\u2019s alpha",
    "Agreement between raters beyond chance: 1 is perfect, 0 is what chance gives, below 0 is " +
    "systematic disagreement. Low alpha can mean noise or honest disagreement; alpha alone " +
    "cannot tell which.",
    "\u03b1 = 1 \u2212 D_observed / D_expected, interval metric", "Krippendorff 2011"],
  resolvability: ["Resolvability",
    "What a set of labels could show at all, worked out before looking at any result: how many " +
    "raters, how many judgments of a group on one item, and the smallest difference that would " +
    "be found four times out of five.",
    "power 80 % at the level that the correction for many items leaves", "ours"],
  conflict: ["Conflict between dimensions",
    "Share of pairs that the same rater puts one way on one dimension and the other way on " +
    "another. Judges also contradict themselves: the floor is what their noise alone would give, " +
    "and the excess is what remains.",
    "P(sign \u0394_a \u2260 sign \u0394_b) \u2212 floor from between-rater replication", "ours"],
  flag: ["Flags",
    "A group\u2019s position on one item is flagged when it differs from everybody\u2019s after its mean " +
    "is pulled towards the pooled one in proportion to how few judgments it rests on, and after " +
    "correction for all group \u00d7 item comparisons.",
    "shrunken = pooled + B (raw \u2212 pooled), B = n / (n + strength)",
    "Morris 1983; Benjamini and Hochberg 1995"],
  interval: ["Intervals",
    "A range of values that fit the data. Intervals of rates allow for both raters and items " +
    "being samples (95 %); intervals of losses and heat-map cells are ranges of posterior draws " +
    "(90 %).", "two-way clustered; posterior quantiles",
    "Cameron, Gelbach and Miller 2011; Owen 2007"],
  signals: ["Signals V, D and E",
    "V: values conflict beyond noise. D: stakeholders disagree beyond noise. E: too little is " +
    "known. Each is on, off or unknown; missing evidence is unknown, never off.",
    "V = max_{i,j} min(max_a [s_ia \u2212 s_ja], max_b [s_jb \u2212 s_ib])\u208a; D by the q of the " +
    "group test; E by posterior support of the pick", "ours, after arXiv 2602.20042"],
  outcome: ["Suggested outcome",
    "What the signals suggest for a system that must act: answer, offer options, ask, abstain or " +
    "escalate, from least to most protective. A suggestion, not a decision: that needs a charter.",
    "answer < options < ask < abstain < escalate", "ours, after arXiv 2602.20042"],
  effective: ["Effective dimensions",
    "How many independent dimensions the estimated values behave like. Three dimensions that " +
    "always move together count as one.", "(tr S)\u00b2 / tr(S\u00b2)", "Bretherton et al. 1999"],
  unsupported: ["Unsupported options",
    "Options that no other beats everywhere, and that still no choice of weights would ever " +
    "pick. A weighted mean cannot find them.",
    "max_w min_j w\u00b7(s_k \u2212 s_j) < 0 over the weight simplex", "Ehrgott 2005"],
};
const why = (name) => kMeasures[name][1];
// "v_d" and "max_{i,j}" with their letters set low.
const formula = (text) => text.split(/_(\{[^}]*\}|\w+)/).map((part, i) =>
  (i % 2 ? h("sub", null, part.replace(/[{}]/g, "")) : part));

const kAxes = {
  values: ["Values", "Value flattening",
    "Averaging over values lets a high mark on one dimension pay for a low one on another; what " +
    "is lost is any sight of what was given up."],
  people: ["People", "Representation loss",
    "Averaging over people lets the many outvote the few on every case alike; what is lost is " +
    "who is left badly served."],
  uncertainty: ["Uncertainty", "Uncertainty blindness",
    "Averaging over what is not known makes a guess from 3 raters look like a measurement from " +
    "300; what is lost is when to stop and ask."],
  data: ["Data", "The data", ""],
};

const kOutcomes = ["answer", "options", "ask", "abstain", "escalate"];
const kOutcomeWords = {
  answer: "Nothing here speaks against acting on the single best option.",
  options: "Real disagreement or a real trade-off: offer a choice instead of one answer.",
  ask: "Too little is known: ask the user or collect more judgments first.",
  abstain: "No option is good enough for everybody concerned: better not to choose.",
  escalate: "Put the case before people.",
};

// p in the words of the shuffles behind it.
function shuffleWords(test, permutations) {
  const total = list(test.null && test.null.counts).reduce((sum, n) => sum + n, 0) || permutations;
  const reached = test.p * (total + 1) - 1;
  const whole = Math.round(reached);
  if (!known(test.p)) return "";
  if (total && Math.abs(reached - whole) < 0.02 && whole >= 0) {
    return whole === 0 ? `none of ${int(total)} shuffles gave as much`
      : `${int(whole)} of ${int(total)} shuffles gave as much or more`;
  }
  return `shuffled labels give as much or more in ${percent(test.p)} of draws`;
}
function correctionWords(test, fdr) {
  if (!known(test.q)) return "";
  return test.q <= fdr
    ? `it stands after correction for all tests of this kind (${pIs("q", test.q)})`
    : `it does not stand after correction for all tests of this kind (${pIs("q", test.q)})`;
}
function alphaWords(alpha) {
  if (!known(alpha)) return "Agreement cannot be computed from these data.";
  if (alpha >= 0.8) return "Raters agree well.";
  if (alpha >= 0.667) return "Raters agree moderately.";
  if (alpha >= 0.3) return "Raters agree weakly: by noise or by honest disagreement.";
  return "Raters hardly agree beyond chance: by noise or by honest disagreement.";
}
