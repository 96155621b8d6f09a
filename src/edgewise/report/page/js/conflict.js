// Values against values, what is not known, and the flags.

function rateStrip(rate, high, label) {
  const width = 220, x = scale(0, high, 6, width - 6);
  return picture(width, 26, label, "strip", line(6, 13, width - 6, 13, "grid"),
    rate.floor_known ? s("rect", { x: 6, y: 5, width: Math.max(2, x(rate.floor) - 6), height: 16,
                                   class: "band" }) : null,
    rate.floor_known ? line(x(rate.floor), 3, x(rate.floor), 23, "nullmean") : null,
    estimate(x, 13, rate.observed, rate.interval, "mark"));
}
const rateWords = (name, rate) => `${name}: observed ${percent(rate.observed)}` +
  (rate.interval ? ` (${range(rate.interval, percent)})` : "") +
  (rate.floor_known ? `, noise alone ${percent(rate.floor)}, excess ${percent(rate.excess)}`
    : ", noise floor not known") + `, ${plural(rate.n, "pair")}`;

function showConflicts(audit) {
  const conflicts = audit.conflicts || {};
  const pairs = list(conflicts.pairs);
  const rows = [...(conflicts.any ? [{ a: conflicts.reference || "some dimension",
    b: "any other", rate: conflicts.any, whole: true }] : []), ...pairs];
  const high = Math.max(0.02, ...rows.flatMap(({ rate }) =>
    [rate.observed, rate.floor, rate.interval && rate.interval.high]).filter(known)) * 1.05;
  const name = (row) => `${row.a} against ${row.b}`;
  const structure = [
    known(conflicts.incomparable) ? ["Incomparable pairs", percent(conflicts.incomparable),
      "Pairs of options of which neither is at least as good on every dimension."] : null,
    known(conflicts.unsupported) ? ["Options no weights can choose",
      percent(conflicts.unsupported), why("unsupported")] : null,
    known(conflicts.effective_dimensions) ? ["Effective dimensions",
      dec(conflicts.effective_dimensions, 1), why("effective")] : null,
    known(conflicts.weight_sensitivity) ? ["Weights that change the pick",
      percent(conflicts.weight_sensitivity), "Share of all possible weights of the dimensions " +
      "under which the scalar would pick another option. Large: the pick says more about the " +
      "weights than about the options."] : null,
    known(conflicts.pareto_violations) ? ["Against unanimous dimensions",
      percent(conflicts.pareto_violations), "Pairs in which the scalar prefers an option that is " +
      "worse on every dimension."] : null,
  ].filter(Boolean);
  return section("conflicts", "Do values pull apart?",
    "How often one rater puts a pair one way on one dimension and the other way on another, " +
    "beside what that rater\u2019s noise alone would give.",
    h("p", { class: "verdictline" }, chip(conflicts.verdict), " ", sentence(prose(conflicts.why))),
    rows.length ? [h("ul", { class: "legend" },
      h("li", null, s("svg", { width: 30, height: 16, "aria-hidden": "true" },
        estimate((x) => x, 8, 15, { low: 4, high: 26 }, "mark")),
      "observed, with 95 % interval"),
      h("li", null, s("svg", { width: 30, height: 16, "aria-hidden": "true" },
        s("rect", { x: 2, y: 2, width: 26, height: 12, class: "band" }),
        line(28, 0, 28, 16, "nullmean")), "what noise alone would give")),
    makeTable({ caption: `Opposed judgments of ${conflicts.unit || "pairs"}`, rows, limit: 16,
      sortable: true, columns: [
        { label: "Dimensions", value: name, cell: (row) => [h("b", null, row.a), " against ",
          h("b", null, row.b)] },
        { label: `Opposed, 0 to ${percent(high)}`, tip: why("conflict"),
          cell: (row) => rateStrip(row.rate, high, rateWords(name(row), row.rate)) },
        { label: "Observed", number: true, tip: why("conflict"), value: (r) => r.rate.observed,
          cell: (r) => percent(r.rate.observed) },
        { label: "95 % interval", number: true, tip: why("interval"),
          cell: (r) => range(r.rate.interval, percent) || kUnknown },
        { label: "Noise alone", number: true, tip: "What raters\u2019 inconsistency alone would " +
            "give, from pairs of different raters on the same items.",
          value: (r) => (r.rate.floor_known ? r.rate.floor : null),
          cell: (r) => (r.rate.floor_known ? percent(r.rate.floor) : kUnknown) },
        { label: "Excess", number: true, tip: "Observed less noise alone: conflict that is more " +
            "than inconsistency.", value: (r) => (r.rate.floor_known ? r.rate.excess : null),
          cell: (r) => (r.rate.floor_known ? percent(r.rate.excess) : kUnknown) },
        { label: "Pairs", number: true, value: (r) => r.rate.n, cell: (r) => int(r.rate.n) },
      ] })] : nothing("No two dimensions were judged by the same raters on the same items, so " +
        "conflict between values cannot be seen."),
    structure.length ? [h("h3", null, "Shape of the trade-offs"), h("p", { class: "note" },
      conflicts.option_pairs ? `Over ${plural(conflicts.option_pairs, "pair of options",
        "pairs of options")}, from the estimated utilities.` : ""), facts(structure)] : null);
}

function showUncertainty(audit) {
  const u = audit.uncertainty || {};
  return section("uncertainty", "What is not known",
    "Where a pick rests on few judgments, a scalar looks as sure as anywhere else.",
    h("p", { class: "verdictline" }, chip(u.verdict), " ", sentence(prose(u.why))),
    facts([
      ["Could be learned", percent(u.epistemic_share), "Share of the uncertainty about judgments " +
        "that more raters would remove; the rest is people honestly differing."],
      ["Undecided cases", percent(u.cases_undecided), "Cases whose pick is the best option with " +
        "less than 95 % posterior probability, and knowing better would be worth something."],
      ["Further judgments an item", known(u.further_judgments) ? short(u.further_judgments)
        : kUnknown, "Median over items, to halve the standard errors."],
      ["Cannot be answered as put", percent(u.underspecified), "Share of judgments in which the " +
        "rater said so."],
    ]));
}

function dumbbell(flag) {
  const x = scale(0, 1, 6, 174);
  return picture(180, 24, `group ${dec(flag.shrunken)}, everybody ${dec(flag.pooled)}, raw ` +
    `group mean ${dec(flag.raw)}`, "strip", line(6, 12, 174, 12, "grid"),
    line(x(flag.pooled), 4, x(flag.pooled), 20, "pooledmark"),
    s("circle", { cx: x(flag.raw), cy: 12, r: 3.5, class: "hollow" }),
    estimate(x, 12, flag.shrunken, flag.interval, "mark"));
}

function showFlags(audit) {
  const flags = list(audit.flags);
  const tested = effectsOf(audit).reduce((sum, effect) => sum + (effect.cells_tested || 0), 0);
  return section("flags", "Where a group differs on one item",
    `${tested ? `${plural(tested, "comparison")} of one group with everybody on one item were ` +
      "made. " : ""}Listed is what remains after pulling small samples towards the pooled mean ` +
    "and correcting for the number of comparisons.",
    flags.length ? [
      audit.flags_total > flags.length ? h("p", { class: "note" }, `The ${int(flags.length)} ` +
        `clearest of ${int(audit.flags_total)}.`) : null,
      makeTable({ caption: "Flagged positions, clearest first: group (dot), its raw mean " +
        "(ring), everybody (bar)", rows: flags, limit: 12, sortable: true, columns: [
        { label: "Case", value: (f) => f.case_id, cell: (f) => [f.case_id, f.option ? h("span",
          { class: "sub" }, f.option) : null] },
        { label: "Group", value: (f) => `${f.attribute} ${f.group}`, cell: (f) => [h("b", null,
          f.group), h("span", { class: "sub" }, f.attribute)] },
        { label: "Dimension", value: (f) => f.dimension, cell: (f) => f.dimension },
        { label: "Utility, 0 to 1", tip: why("flag"), cell: dumbbell },
        { label: "Group", number: true, tip: `${why("flag")} Raw: its mean before pooling.`, value: (f) => f.shrunken,
          cell: (f) => [dec(f.shrunken), h("span", { class: "sub" }, range(f.interval),
            `; raw ${dec(f.raw)}`)] },
        { label: "Everybody", number: true, tip: "Mean utility over all raters.",
          value: (f) => f.pooled, cell: (f) => dec(f.pooled) },
        { label: "Judgments", number: true, tip: "Judgments of this group on this item.",
          value: (f) => f.n, cell: (f) => int(f.n) },
        { label: "q", number: true, tip: why("q"), value: (f) => f.q, cell: (f) => pValue(f.q) },
        { label: "Opposes", tip: "Whether the group\u2019s majority is on the other side of " +
            "everybody\u2019s majority.", value: (f) => (f.opposes ? 1 : 0),
          cell: (f) => (f.opposes ? "opposite side" : "same side") },
      ] })]
      : nothing(tested ? "No group\u2019s position on any single item differs by more than noise " +
        "would give. That is an answer: nothing can be shown on single items here."
        : "No comparison on single items was possible."));
}
