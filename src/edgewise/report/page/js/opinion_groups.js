// Opinion groups: what they come to, what sets them apart, how far to believe them.

const statementOf = (report, index) => list(report.statements)[index] || {};
const statementText = (row) => row.text || `statement ${row.id}`;
const heldOutTip = "The share in groups that were found without this statement (mean over random " +
  "halves). The share beside it is flattered: the groups were made to differ on it.";

function showHeader(report) {
  const data = report.data || {}, from = report.provenance || {};
  pageHeader("Edgewise groups: which opinions hang together, and how far to believe it",
    report.title || "Opinion groups", [plural(data.votes, "vote"), plural(data.raters, "rater"),
      plural(data.statements, "statement"), `Edgewise ${from.version || "?"}`,
      `seed ${known(from.seed) ? from.seed : "?"}`]);
}

const showFindings = (report) => findingsSection(list(report.findings));

function besideRow(name, test, format, tip, report) {
  return { name, test, format, tip, shuffles: report.honest.permutations };
}

function nullStrip(row) {
  const { test, format, name } = row;
  const [low, high] = span([test.observed, test.null_low, test.null_high, 0]);
  return strip(test, low, high, `${name}: observed ${format(test.observed)}; in shuffled votes ` +
    `${format(test.null_low)} to ${format(test.null_high)}`, format);
}

function heldOutBar(honest) {
  const between = honest.between, held = honest.held_out;
  const [low, high] = span([0, between.observed, between.null_high, honest.held_out_most,
    honest.held_out_least]);
  const width = 380, left = 12, right = 368, x = scale(low, high, left, right);
  const words = `Share of the variety of votes between groups: ${percent(between.observed)} on the ` +
    `votes they were made from, ${percent(held)} on held-out statements` +
    (known(between.null_mean) ? `, ${percent(between.null_mean)} for groups found in shuffled ` +
      "votes" : "") + ".";
  const row = (y, name, value, from, to, cls) => [
    known(from) ? s("rect", { x: x(from), y: y + 4, width: Math.max(2, x(to) - x(from)),
                              height: 12, class: "band" }) : null,
    s("circle", { cx: x(value), cy: y + 10, r: 6, class: cls }),
    write(left, y - 2, `${name}: ${percent(value)}`, "label", "start")];
  return picture(width, 148, words, "heldout", line(x(0), 6, x(0), 120, "grid"),
    row(18, "on the votes they were made from", between.observed, null, null, "dot mark"),
    known(held) ? row(56, "on held-out statements", held, honest.held_out_least,
      honest.held_out_most, "hollow") : null,
    known(between.null_mean) ? row(94, "found in shuffled votes", between.null_mean,
      between.null_low, between.null_high, "dot") : null,
    axis(x, low, high, 122, left, right, percent));
}

function showHonest(report) {
  const honest = report.honest || {};
  if (list(report.groups).length < 2) return null;
  const tests = [
    besideRow("Share of variety between groups", honest.between, percent,
      "How much of the variety of votes lies between the groups, corrected for chance " +
      "(epsilon squared). Groups found in pure noise take up some, too: the grey.", report),
    besideRow("Silhouette", honest.silhouette, dec,
      "How much nearer people stand to their own group than to the next, \u22121 to 1. A cloud " +
      "without any gaps has one, too: the grey.", report),
    besideRow("Variance on the map", honest.explained, percent,
      "Share of the variance of votes along the two components of the map.", report),
  ].filter((row) => row.test && known(row.test.observed));
  return section("belief", "How far to believe the groups",
    "Groups that were found in votes differ on these votes even if there are no groups: they were " +
    "made to. Two remedies: look at statements that took no part in finding them, and do the same " +
    "to shuffled votes.",
    h("div", { class: "pair" },
      h("figure", null, h("figcaption", null, "Share of the variety of votes between groups"),
        heldOutBar(honest)),
      h("div", null, facts([
        ["Statements on which groups differ", `${int(honest.held)} of ${int(honest.tested)}`,
          "Tested in groups found without the statement; Benjamini-Hochberg at " +
          `${percent(honest.fdr)}.`],
        ["If one forgot how they were found", int(honest.naive),
          "The same test on the votes that made the groups. Do not quote this figure."],
        known(honest.halves_alike) ? ["Two halves agree",
          `${dec(honest.halves_alike)} (${dec(honest.halves_least)} to ${dec(honest.halves_most)})`,
          "Adjusted Rand index of the groups from two halves of the statements, which share no " +
          "vote: 1 the same groups, 0 chance. Median, least and largest over the splits."] : null,
        known(honest.half_and_all) ? ["A half agrees with all", dec(honest.half_and_all),
          "Adjusted Rand index of groups from a half with the groups shown here."] : null,
        known(honest.same_number) ? ["Same number of groups", percent(honest.same_number),
          "Share of halves that would choose as many groups."] : null,
        ["Random halves", int(honest.splits), "Splits of the statements."],
        ["Shuffles", int(honest.permutations), "Of votes within statements."],
      ]))),
    makeTable({ caption: "Observed beside shuffled votes", rows: tests, columns: [
      { label: "Figure", cell: (row) => row.name, tipOf: (row) => row.tip },
      { label: "Observed", number: true, cell: (row) => row.format(row.test.observed) },
      { label: "Shuffled votes", tip: "Votes shuffled within each statement among those who voted " +
          "on it, and everything found anew: mean, and central 95 %.",
        cell: (row) => (known(row.test.null_mean) ? [nullStrip(row), h("span", { class: "sub" },
          `${row.format(row.test.null_mean)} (${row.format(row.test.null_low)} to ` +
          `${row.format(row.test.null_high)})`)] : kUnknown) },
      { label: "p", number: true, tip: "Share of shuffles at least as large, the data counted as " +
          "one of them.", cell: (row) => pValue(row.test.p) },
    ] }),
    makeTable({ caption: "How many groups?", rows: list(report.tried), columns: [
      { label: "Groups", number: true, cell: (row) => int(row.groups) },
      { label: "Silhouette", number: true, cell: (row) => dec(row.silhouette) },
      { label: "Halves that would choose it", number: true, cell: (row) => int(row.halves) },
    ] }),
    h("p", { class: "note" }, "Half of the statements blur the groups, so held-out figures err on " +
      "the low side as the others err on the high side. Shuffling asks whether opinions hang " +
      "together at all; one long spectrum does, and so does a habit of agreeing with everything."));
}

function representativeTable(report, group, g) {
  return makeTable({ cls: "cases", caption: `What sets group ${group.name} apart`,
    rows: list(group.representative), columns: [
      { label: "Statement", wide: true, cell: (row) => statementText(
        statementOf(report, row.statement)) },
      { label: "They", cell: (row) => [row.side, row.significant ? null
        : h("span", { class: "sub" }, "not significant")] },
      { label: "Share", number: true, tip: "Of members who saw it, with its 95 % interval.",
        cell: (row) => [percent(row.share), h("span", { class: "sub" },
          `${range(row.interval, percent)}; ${int(row.n)} of ${int(row.seen)}`)] },
      { label: "Others", number: true, tip: "The other groups' share on the same side.",
        cell: (row) => percent(row.others) },
      { label: "Held out", number: true, tip: heldOutTip, cell: (row) => percent(row.held_out) },
      { label: "q", number: true, tip: "Of a difference between groups found without this " +
          "statement, corrected for all statements.", cell: (row) => pValue(row.q) },
    ] });
}

function showGroups(report) {
  const groups = list(report.groups);
  if (groups.length < 2) {
    return section("groups", "The groups", null, nothing("There are no groups to tell apart: ",
      report.why_none || "not known", "."));
  }
  return section("groups", "The groups",
    "Statements that set each group apart from the others, chosen as Polis chooses them.",
    groups.map((group, g) => [h("h3", null, s("svg", { width: 22, height: 18, class: "inline",
      "aria-hidden": "true" }, groupMark(g, 11, 10, 6)),
    ` Group ${group.name}: ${plural(group.raters, "rater")}`),
    group.too_small ? h("p", { class: "warning" }, chip("caution"), ` Too small: ${
      group.too_small}.`) : list(group.representative).length
      ? representativeTable(report, group, g) : nothing("No statement sets it apart.")]));
}

const shareColumns = (report) => [
  { label: "Statement", wide: true, cell: (row) => [statementText(row), row.moderated_out
    ? h("span", { class: "sub" }, "taken out by moderators, not used") : null],
  value: (row) => statementText(row) },
  { label: "Who agrees", tip: "Dot and line: share of each group with its 95 % interval. Ring: " +
      "the share where groups were found without this statement.",
    cell: (row) => groupShares(report, row) },
];

function showConsensus(report) {
  const rows = list(report.consensus).map((row) =>
    ({ ...statementOf(report, row.statement), common: row }));
  if (list(report.groups).length < 2) return null;
  return section("consensus", "Common ground",
    "A statement stands here if every group can be said, with 90 % confidence, to agree with it " +
    "(or to reject it) by a majority. So what few people saw gets little.",
    rows.length ? makeTable({ cls: "cases", rows, caption: `${plural(report.agreed, "statement")} ` +
        `agreed and ${int(report.rejected)} rejected by every group`, columns: [
      ...shareColumns(report),
      { label: "They", cell: (row) => row.common.side },
      { label: "At least", number: true, tip: "Lower bound for the least group: the beta quantile " +
          "at 10 % over the number of groups.", cell: (row) => percent(row.common.bound) },
      { label: "Group-informed consensus", number: true, tip: "Product over groups of " +
          "(agree + 1) / (seen + 2), with its 95 % interval.",
        cell: (row) => (known(row.common.consensus) ? [dec(row.common.consensus),
          h("span", { class: "sub" }, range(row.common.consensus_interval) || "")] : "") },
    ] }) : nothing("There is none that these votes can show."));
}

function showDivisive(report) {
  const rows = list(report.divisive).map((index) => statementOf(report, index));
  if (list(report.groups).length < 2) return null;
  return section("divisive", "Where the groups part",
    "Statements on which groups differ that were found without them, most divisive first.",
    rows.length ? makeTable({ cls: "cases", caption: "Divisive statements", rows, columns: [
      ...shareColumns(report),
      { label: "Between groups, held out", number: true, tip: "Share of the variety of its votes " +
          "between groups found without it; beside it on the votes that made them.",
        cell: (row) => [percent(row.between_held_out), h("span", { class: "sub" },
          `raw ${percent(row.between)}, shuffled ${percent(row.between_null)}`)] },
      { label: "q", number: true, cell: (row) => pValue(row.q) },
    ] }) : nothing("None is shown."));
}

function showBridging(report) {
  const bridging = report.bridging || {};
  if (!bridging.defined) {
    return section("bridging", "Bridging", null, nothing("Not measured: ", bridging.why_not ||
      "not known", "."));
  }
  const rows = list(bridging.top).map((index) => statementOf(report, index));
  const [low, high] = span([0, bridging.threshold, ...rows.flatMap((row) =>
    [row.bridging, row.bridging_interval && row.bridging_interval.low,
      row.bridging_interval && row.bridging_interval.high])]);
  const x = scale(low, high, 6, 214);
  return section("bridging", "Bridging statements",
    "One number for which side a rater is on is taken out of all votes; what is left of a " +
    "statement\u2019s appeal is its bridging score, as in Community Notes. It needs no groups.",
    makeTable({ cls: "cases", caption: "Highest bridging scores, by the lower end of their interval",
      rows, columns: [
        { label: "Statement", wide: true, cell: statementText },
        { label: "Score", number: true, tip: "Intercept of the statement. The 95 % interval " +
            "comes from resampled raters.", cell: (row) => [dec(row.bridging),
          h("span", { class: "sub" }, range(row.bridging_interval) || "no interval")] },
        { label: "", cell: (row) => picture(220, 26,
          `score ${dec(row.bridging)}, threshold ${dec(bridging.threshold)}`, "strip",
          line(6, 13, 214, 13, "grid"), line(x(bridging.threshold), 3, x(bridging.threshold), 23,
            "nullmean"), estimate(x, 13, row.bridging, row.bridging_interval, "mark")) },
        { label: "Side", number: true, tip: "Factor of the statement: how far one side likes it " +
            "and the other does not. 0: none.", cell: (row) => dec(row.bridging_factor) },
        { label: "Votes", number: true, cell: (row) => int((row.everybody || {}).seen) },
      ] }),
    facts([
      ["At the threshold or above", `${int(bridging.above)}, surely ${int(bridging.surely_above)}`,
        `Statements with a score of ${dec(bridging.threshold)} or more; with the whole interval.`],
      ["Starts", int(bridging.starts), "The search began anew so often."],
      ["Scores move by at most", dec(bridging.largest_difference, 4), "Between starts."],
      ["Change side at the threshold", percent(bridging.share_changing_side),
        "Share of statements, between starts; the worst."],
      ["Rank correlation", known(bridging.least_rank_correlation)
        ? dec(bridging.least_rank_correlation, 4) : kUnknown, "Between starts; the worst."],
      ["Objective", dec(bridging.objective, 4), "Mean squared error and penalties; the worst " +
        `start ended at ${dec(bridging.worst_objective, 4)}.`],
      ["Sweeps", `${int(bridging.sweeps)}${bridging.converged ? "" : ", not converged"}`,
        "Passes over all votes."],
      known(bridging.factor_and_groups) ? ["Sides and groups", percent(bridging.factor_and_groups),
        "Share of the variance of raters' sides that lies between the groups."] : null,
    ]));
}

function showKnown(report) {
  const rows = list(report.known);
  if (!rows.length) return null;
  return section("known", "Against what is known of the raters",
    "How far these groups are the same as other ways of sorting the same people.",
    makeTable({ caption: "Adjusted Rand index", rows, sortable: true, columns: [
      { label: "Attribute", cell: (row) => [row.attribute, row.learned_from_judgments
        ? h("span", { class: "sub" }, "found in these votes by somebody else") : null],
      value: (row) => row.attribute },
      { label: "Values", number: true, cell: (row) => int(row.groups), value: (row) => row.groups },
      { label: "Raters", number: true, cell: (row) => int(row.raters), value: (row) => row.raters },
      { label: "Adjusted Rand", number: true, tip: "1: the same grouping. 0: what chance gives.",
        cell: (row) => dec(row.adjusted_rand), value: (row) => row.adjusted_rand },
      { label: "With as many groups", number: true, tip: "The same if as many groups are made of " +
          "these votes as the attribute has values.", cell: (row) => dec(row.as_many),
        value: (row) => row.as_many },
    ] }));
}

function showStatements(report) {
  const rows = list(report.statements);
  return section("statements", "All statements", null,
    makeTable({ cls: "cases", caption: "Every statement; order by any column", rows, limit: 12,
      sortable: true, columns: [
        ...shareColumns(report),
        { label: "Votes", number: true, cell: (row) => int(row.everybody.seen),
          value: (row) => row.everybody.seen },
        { label: "Held out", number: true, tip: "Share of its variety between groups found " +
            "without it.", cell: (row) => percent(row.between_held_out),
          value: (row) => row.between_held_out },
        { label: "q", number: true, cell: (row) => pValue(row.q), value: (row) => row.q },
        { label: "Every group agrees by", number: true, cell: (row) => percent(row.consensus_bound),
          value: (row) => row.consensus_bound },
        { label: "Bridging", number: true, cell: (row) => dec(row.bridging),
          value: (row) => row.bridging },
        { label: "Priority", number: true, tip: "How much it is worth to show it to the next " +
            "voter, as Polis weighs it.", cell: (row) => figures(row.priority),
          value: (row) => row.priority },
      ] }));
}

function showMethod(report) {
  const data = report.data || {}, from = report.provenance || {}, read = report.import || {};
  return section("method", "Method", null,
    facts([
      ["What was read", data.kind || kUnknown, "Of repeated votes the last counts."],
      ["Take part", `${int(data.taking_part)} of ${int(data.raters)}`,
        `Raters with at least ${plural(data.least_votes, "vote")}.`],
      ["Taken out by moderators", int(data.moderated_out), "Statements that are not used."],
      ["Votes of models", int(data.machine_votes), "Left out: models are no stakeholders."],
      ["Format", read.format || kUnknown, "How the input was read."],
    ]),
    h("p", null, "Votes are agree 1, pass 0, disagree \u22121; a missing vote is taken at the mean " +
      "of its statement. Two principal components; positions scaled by the root of statements " +
      "over votes; k-means on at most 100 base clusters; the number of groups by silhouette " +
      "(Polis: Small et al. 2021). Bridging: r = mu + i_rater + i_statement + f_rater \u00b7 " +
      "f_statement, penalties 0.15 on intercepts and 0.03 on factors (Wojcik et al. 2022)."),
    h("p", { class: "small" }, list(from.parameters).join(", ")));
}

showReport(showHeader, [showFindings, showMap, showHonest, showGroups, showConsensus,
  showDivisive, showBridging, showKnown, showStatements, showMethod]);
