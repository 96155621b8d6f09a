// A leaderboard: what can be said, ranks, who beat whom, how sure and why.

const boards = (report) => list(report.dimensions);
const many = (report) => boards(report).length > 1;
// A part for each dimension, under its name where there are several.
const each = (report, part) => boards(report).map((board, i) => {
  const made = part(board, i);
  if (!made || (Array.isArray(made) && !made.some(Boolean))) return null;
  return many(report) ? [h("h3", null, `On ${board.name}`), made] : made;
});

function showHeader(report) {
  const from = report.provenance;
  const sum = (name) => boards(report).reduce((total, board) => total + board[name], 0);
  pageHeader("Edgewise leaderboard: who is preferred, and how sure is that?",
    report.title || "Untitled leaderboard", [plural(sum("comparisons"), "comparison"),
      plural(boards(report).length, "dimension"), `Edgewise ${from.version || "?"}`,
      `seed ${known(from.seed) ? from.seed : "?"}`, `${int(from.replicates)} draws`]);
}

const showFindings = (report) => findingsSection(list(report.findings));

const kStates = { insufficient: ["cannot_tell", "Too few"],
                  prior_decides: ["caution", "No finite strength"] };
// One level below the part: a dimension's name stands between where there are several.
const under = (report, text) => h(many(report) ? "h4" : "h3", null, text);

function rankTable(board, report) {
  const rows = list(board.rows);
  if (!rows.length) return null;
  const level = report.level;
  const pieces = board.components_total > 1;
  return makeTable({
    caption: `${plural(board.rows_total, "contender")}, by rank` + (board.rows_total > rows.length
      ? `; the first ${int(rows.length)} are here (--top 0 lists all)` : ""),
    rows, sortable: true, limit: 30, columns: [
      { label: "Contender", value: (r) => r.name, tip: "What was compared.",
        cell: (r) => [r.name, kStates[r.state] ? [" ", chip(kStates[r.state][0], `${sentence(r.why)}.`,
          kStates[r.state][1])] : null] },
      pieces ? { label: "Piece", number: true, cell: (r) => int(r.component + 1),
                 value: (r) => r.component,
                 tip: "Contenders of different pieces never met; their ranks do not compare." }
        : null,
      { label: "Rank", number: true, cell: rankText, value: (r) => r.rank,
        tip: "By estimated strength, 1 is best." },
      { label: "Surely", number: true, cell: surely, value: (r) => r.rank_low,
        tip: `The ranks that are possible. With ${percent(level)} confidence the ranges of all ` +
          "contenders hold together." },
      { label: "Strength", number: true, value: (r) => r.strength,
        tip: "In logits; the mean of all is 0. A difference of 1 means winning 73 in 100 decided " +
          "comparisons.",
        cell: (r) => [known(r.strength) ? dec(r.strength) : "\u2013",
          h("span", { class: "sub" }, range(r.interval))] },
      { label: "Beats", number: true, value: (r) => r.utility,
        tip: "Chance to win against another contender, averaged over all others; a tie is half.",
        cell: (r) => [known(r.utility) ? percent(r.utility) : "\u2013",
          h("span", { class: "sub" }, range(r.utility_interval, percent))] },
      { label: "First", number: true, value: (r) => r.p_best,
        tip: "Share of draws in which nobody is above.",
        cell: (r) => (known(r.p_best) ? percent(r.p_best) : "\u2013") },
      { label: "Told from next", value: (r) => r.p_above_next,
        tip: "Whether it is surely above the next, all pairs judged at once.",
        cell: (r) => (typeof r.apart_from_next !== "boolean" ? "" : chip(r.apart_from_next
          ? "yes" : "no", `Above the next in ${percent(r.p_above_next)} of the draws.`)) },
      { label: "Won / tied / lost", number: true, value: (r) => r.wins,
        cell: (r) => `${int(r.wins)} / ${int(r.ties)} / ${int(r.losses)}`,
        tip: "Comparisons; both-bad counts as tied." },
      { label: "n", number: true, value: (r) => r.comparisons, tip: "Comparisons, and raters.",
        cell: (r) => [int(r.comparisons), h("span", { class: "sub" }, plural(r.raters, "rater"))] },
    ].filter(Boolean) });
}

function dataFacts(board) {
  return facts([
    ["Comparisons", int(board.comparisons), board.ballots > 0
      ? `Implied by ${plural(board.ballots, "order")}.` : "Each a choice between two."],
    ["Raters", int(board.raters), "People who compared."],
    ["Cases", int(board.cases), "Prompts, questions, situations."],
    ["Contenders", int(board.contenders), "What was compared, pooled over cases by name."],
    known(board.tie_share) ? ["Ties", percent(board.tie_share), "Both-bad included."] : null,
    board.both_bad_share > 0 ? ["Both bad", percent(board.both_bad_share),
      "Neither contender would do."] : null,
    ["Pairs surely apart", `${int(board.pairs_apart)} of ${int(board.pairs_total)}`,
      "All at once: the whole list holds together with the confidence of the intervals."],
    board.machine > 0 ? ["By models, left out", int(board.machine),
      "Judgments of machine raters; see the part on machines."] : null,
  ]);
}

function showRanks(report) {
  return section("ranks", "Ranks",
    ["The dot is the estimate, the bar its interval. \u201cSurely\u201d are the ranks that are " +
     "possible: read these, not the order. A line between two contenders says that they are told " +
     "apart; where there is none, the order may be chance."],
    each(report, (board) => [dataFacts(board),
      board.why ? h("p", { class: "warning" }, `${sentence(board.why)}.`) : null,
      board.verdict === "nothing" ? null : strengthPlot(list(board.rows).filter((row) =>
        row.component === 0).slice(0, 60), report.level, "Strengths"),
      list(board.runs).length ? folded(`Which neighbours cannot be told apart (${plural(
        board.runs.length, "run")})`, h("ul", { class: "plain" }, board.runs.slice(0, 40).map(
        (run) => h("li", null, run.words)))) : null,
      rankTable(board, report)]));
}

function showBest(report) {
  const parts = each(report, (board) => {
    const plot = bestPlot(list(board.rows).filter((row) => row.component === 0), "First");
    if (!plot || list(board.rows).some((row) => row.p_best >= 0.995)) return null;
    return [plot, board.further ? h("p", null, prose(board.further.words)) : null];
  });
  if (!parts.some(Boolean)) return null;
  return section("best", "Who may be first",
    ["Share of draws from what is known of the strengths in which a contender is above all others."],
    parts);
}

function showCross(report) {
  const parts = each(report, (board) => crossTable(board.cross));
  if (!parts.some(Boolean)) return null;
  return section("cross", "Who beat whom",
    ["Blue: the row won more than the column; brown: less. Hatched: the two never met. Where a " +
     "lower contender beats a higher one often, one number does not tell the whole story."], parts);
}

function showFit(report) {
  const parts = each(report, (board) => (list(board.fit && board.fit.bins).length
    ? h("div", { class: "pair" }, h("figure", null, h("figcaption", null,
      "Expected against observed: on the line, the model is right"),
    fitPlot(board.fit, "Fit")), h("div", null,
      h("p", null, chip(board.fit.verdict === "not_shown" ? "yes" : board.fit.verdict,
        "Whether lack of fit is shown.", board.fit.verdict === "not_shown" ? "Fits"
          : board.fit.verdict === "shown" ? "Does not fit" : "Cannot tell")),
      h("p", null, prose(board.fit.words)),
      known(board.fit.dispersion) ? h("p", { class: "small" }, "Pairs scatter ",
        num(figures(board.fit.dispersion), "Pearson\u2019s chi-squared over its degrees of " +
          "freedom. 1: as independent comparisons would. Clustering alone raises it."), " times as much as independent " +
        "comparisons would.") : null)) : null));
  if (!parts.some(Boolean)) return null;
  return section("fit", "Does one number a contender describe this?",
    ["Comparisons are sorted by what the model expects, and set beside what came of them."], parts);
}

function showSure(report) {
  const parts = each(report, (board) => (board.model.name ? [
    under(report, "Errors"),
    makeTable({ caption: "Errors of strengths, by what is taken as independent",
      rows: list(board.errors), columns: [
        { label: "Independent", cell: (r) => r.independent, tip: "What errors cluster by." },
        { label: "Clusters", number: true, cell: (r) => (r.clusters ? int(r.clusters) : "\u2013"),
          tip: "Few clusters make errors unsure; a t distribution widens them." },
        { label: "Median error", number: true, tip: "Over contenders, in logits.",
          cell: (r) => (known(r.median_se) ? dec(r.median_se, 3) : "\u2013") },
        { label: "Ratio", number: true, tip: "To the error if comparisons were independent.",
          cell: (r) => (known(r.ratio) ? dec(r.ratio, 2) : "\u2013") },
        { label: "Used", cell: (r) => (r.used ? chip("yes", r.why, "Used") : r.defined ? ""
          : chip("no", r.why, "Not defined")), tip: "Intervals and ranks rest on this one." },
        { label: "Why", wide: true, cell: (r) => r.why || "", tip: "Why it is used or not defined." },
      ] }),
    under(report, "Being shown first"),
    h("p", null, chip(board.position.verdict), " ", prose(board.position.words)),
    known(board.position.first_share) ? h("p", { class: "small" }, "As they stand: the one shown " +
      "first won ", num(percent(board.position.first_share), "Not corrected for who was shown " +
      "first."), ` of ${int(board.position.decided)} decided comparisons; `,
    `${int(board.position.pairs_both_ways)} of ${int(board.position.pairs)} pairs were shown in ` +
      "both orders.") : null,
    list(board.separations).length ? [under(report, "No finite strength"), h("ul",
      { class: "plain" }, board.separations.map((x) => h("li", null, x.words)))] : null,
    board.components_total > 1 ? [under(report, "Pieces that never met"), makeTable({
      caption: `${plural(board.components_total, "piece")}, largest first`,
      rows: list(board.components), columns: [
        { label: "Contenders", number: true, cell: (r) => int(r.contenders), tip: "In the piece." },
        { label: "Comparisons", number: true, cell: (r) => int(r.comparisons), tip: "Among them." },
        { label: "Ranked", cell: (r) => chip(r.ranked ? "yes" : "no", r.why),
          tip: "Whether there are enough comparisons." },
        { label: "Some of them", wide: true, cell: (r) => list(r.names).join(", "), tip: "Names." },
      ] })] : null,
  ] : null));
  if (!parts.some(Boolean)) return null;
  return section("sure", "How sure, and why", null, parts);
}

// Ranks by group: coloured by place, everybody's beside.
function groupTable(grouping) {
  const groups = list(grouping.groups), rows = list(grouping.rows);
  const most = Math.max(2, ...rows.flatMap((row) => [row.rank, ...row.cells.map((x) => x.rank)]));
  const cellOf = (row, cell, group) => h("td", { tabindex: "-1",
    class: cell.state === "observed" ? `heat h${heatOf(1 - (cell.rank - 1) / (most - 1))}`
      : "heat few",
    "data-tip": `${row.name} for ${group.name}: rank ${int(cell.rank)}, strength ` +
      `${dec(cell.strength)} (${range(cell.interval)}), ${plural(cell.n, "comparison")}` +
      (cell.state === "observed" ? "." : "; too few, borrowed from everybody.") },
  h("b", null, int(cell.rank)));
  return h("div", { class: "tablebox" }, h("div", { class: "scroll", role: "region", tabindex: "0",
                                                    "aria-label": `Ranks by ${grouping.attribute}` },
  h("table", { class: "crosstable" },
    h("caption", null, `Ranks by ${grouping.attribute}; hatched: too few comparisons.`),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "contender"),
      h("th", { scope: "col" }, "all"), groups.map((group) => h("th", { scope: "col",
        "data-tip": `${plural(group.comparisons, "comparison")}, ${plural(group.units,
          grouping.of.slice(0, -1))}; first: ${group.first}.` }, group.name)))),
    h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row" }, row.name),
      h("td", null, int(row.rank)), row.cells.map((cell, g) => cellOf(row, cell, groups[g]))))))));
}

function showGroups(report) {
  const parts = each(report, (board) => list(board.groupings).map((grouping) => [
    under(report, `By ${grouping.attribute}`),
    h("p", null, chip(grouping.verdict), " ", grouping.why
      ? `Not estimated: ${grouping.why}.` : prose(grouping.words)),
    list(grouping.rows).length ? (grouping.verdict === "shown" ? groupTable(grouping)
      : folded("Ranks all the same", groupTable(grouping))) : null]));
  if (!parts.some(Boolean)) return null;
  return section("groups", "By context and by group",
    ["Strengths of each group are pulled towards everybody’s, as far as the data say that " +
     "groups are alike. Whether groups differ at all is told by shuffling their labels."], parts);
}

function showMachines(report) {
  const parts = each(report, (board) => list(board.machines).map((machine) => [
    under(report, machine.rater),
    machine.why ? h("p", null, `Not compared: ${machine.why}.`) : [
      h("p", null, prose(sentence(machine.words))),
      makeTable({ caption: `${machine.rater}: ${plural(machine.comparisons, "comparison")}`,
        rows: machine.rows, sortable: true, columns: [
          { label: "Contender", cell: (r) => r.name, value: (r) => r.name, tip: "Name." },
          { label: "People\u2019s rank", number: true, cell: rankText, value: (r) => r.rank,
            tip: "By people." },
          { label: "Machine\u2019s rank", number: true, cell: (r) => int(r.machine_rank),
            value: (r) => r.machine_rank, tip: "By the machine." },
          { label: "Machine, surely", number: true, value: (r) => r.machine_rank_low,
            cell: (r) => surely({ rank_low: r.machine_rank_low, rank_high: r.machine_rank_high }),
            tip: "Ranks that are possible." },
          { label: "Differs", value: (r) => Number(r.differs), cell: (r) => (r.differs
            ? chip("shown", "The two ranges of possible ranks do not overlap.") : ""),
            tip: "Beyond both intervals." },
        ] })]]));
  if (!parts.some(Boolean)) return null;
  return section("machines", "Machines beside people",
    ["Strengths by what each model said, on the same contenders."], parts);
}

function showMethod(report) {
  const from = report.provenance;
  return section("method", "Method", null,
    each(report, (board) => (board.model.name ? facts([
      ["Ties", board.model.ties, `${sentence(board.model.why)}.`],
      known(board.model.tie_parameter) ? ["Tie parameter", figures(board.model.tie_parameter),
        "nu of Davidson, kappa of Rao and Kupper."] : null,
      known(board.model.log_likelihood) ? ["Log-likelihood", dec(board.model.log_likelihood, 1),
        "Without the prior\u2019s term."] : null,
      known(board.model.log_likelihood_davidson) ? ["by Davidson",
        dec(board.model.log_likelihood_davidson, 1), "Log-likelihood."] : null,
      known(board.model.log_likelihood_rao_kupper) ? ["by Rao and Kupper",
        dec(board.model.log_likelihood_rao_kupper, 1), "Log-likelihood."] : null,
      ["Steps", int(board.model.iterations), "Of the fit."],
      ["Converged", board.model.converged ? "yes" : "no",
        `Norm of the gradient: ${board.model.gradient_norm.toExponential(1)}`],
      ["Prior", known(board.model.prior_sd) ? `sd ${figures(board.model.prior_sd)} logits` : "none",
        board.model.prior_was_needed ? "Without it some strengths are not finite." : "None needed."],
    ]) : null)),
    h("dl", { class: "measures" }, [
      ["Strength", "How often a contender wins, taking into account against whom.",
        "P(i beats j) = \u03c0_i / (\u03c0_i + \u03c0_j), strength = log \u03c0",
        "Bradley and Terry 1952"],
      ["Ties", "A tie says that two are close; how close, a model says that is chosen by likelihood.",
        "Davidson: P(i) : P(tie) : P(j) = \u03c0_i : \u03bd\u221a(\u03c0_i\u03c0_j) : \u03c0_j; " +
        "Rao\u2013Kupper: P(i beats j) = \u03c0_i / (\u03c0_i + \u03ba\u03c0_j)",
        "Davidson 1970; Rao and Kupper 1967"],
      ["Errors", "Judgments of one rater, or on one case, go together; errors that forget it are " +
        "too small.", "V = V_rater + V_case \u2212 V_both", "Cameron, Gelbach and Miller 2011"],
      ["Possible ranks", "With the confidence asked for, all ranges hold at once.",
        "1 + contenders surely above \u2026 n \u2212 contenders surely below",
        "Mogstad, Romano, Shaikh and Wilhelm 2024"],
    ].map(([name, plain, text, source]) => h("div", null, h("dt", null, name), h("dd", null,
      h("p", null, plain), h("p", { class: "formula" }, text),
      h("p", { class: "source" }, source))))),
    h("p", { class: "small" }, prose(`${from.method || ""}. `), list(from.parameters).join(", ")));
}

showReport(showHeader, [showFindings, showRanks, showBest, showCross, showGroups, showSure, showFit,
  showMachines, showMethod]);
