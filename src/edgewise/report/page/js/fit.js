// The fitted value tensor: which model, how groups shift, what cells rest on.

const kTips = {
  shift: "Mean utility of the group\u2019s raters less everybody\u2019s on the same items. Minus: " +
    "lower than the others.",
  q: "Share of false findings to expect among all that are at most this: p after " +
    "Benjamini-Hochberg over all shifts.",
  state: "Observed: enough judgments of the group. Insufficient: some, but too few to speak about. " +
    "Pooled: none, so the figure is everybody\u2019s.",
};

function fitHeader(fit) {
  pageHeader("Edgewise fit: the value tensor", fit.title || "Untitled fit",
    [plural(fit.judgments, "judgment"), plural(fit.raters, "rater"),
      plural(list(fit.dimensions).length, "dimension"), plural(fit.cells_total, "cell")]);
}

// One shift on the scale that all share.
function shiftStrip({ dimension, attribute, group }, low, high) {
  const x = scale(low, high, 6, 194);
  return picture(200, 22, `${dimension}, ${attribute} ${group.group}: shift ` +
    `${dec(group.shift, 3)}` + (group.shift_interval
    ? `, interval ${range(group.shift_interval, (v) => dec(v, 3))}` : ""), "small-strip",
    line(6, 11, 194, 11, "grid"), line(x(0), 4, x(0), 18, "axis"),
    estimate(x, 11, group.shift, group.shift_interval,
      known(group.shift_q) && group.shift_q <= 0.05 ? "mark" : "plain"));
}

function showShifts(fit) {
  const rows = list(fit.dimensions).flatMap((each) => list(each.partitions).flatMap((part) =>
    list(part.groups).filter((group) => known(group.shift)).map((group) =>
      ({ dimension: each.dimension, attribute: part.attribute,
         learned: part.learned_from_judgments, group }))));
  if (!rows.length) return null;
  const sorted = [...rows].sort((a, b) => (a.group.shift_q ?? 1) - (b.group.shift_q ?? 1));
  const [low, high] = span([0, ...rows.flatMap(({ group }) => [group.shift,
    group.shift_interval && group.shift_interval.low,
    group.shift_interval && group.shift_interval.high])]);
  return section("shifts", "Groups beside everybody",
    "Does a group judge everything higher or lower than the others on the same items? The interval " +
    "takes raters, not judgments, as the unit.",
    makeTable({ caption: `Shifts, from ${dec(low)} to ${dec(high)}; coloured where shown after ` +
      "correction", rows: sorted, sortable: true, columns: [
      { label: "Dimension", cell: (r) => r.dimension, value: (r) => r.dimension },
      { label: "Group", wide: true, cell: (r) => [`${r.attribute}: ${r.group.group}`, r.learned
        ? h("span", { class: "sub" }, "clustered on these judgments") : null],
        value: (r) => r.attribute + r.group.group },
      { label: "Raters", number: true, cell: (r) => int(r.group.raters),
        value: (r) => r.group.raters },
      { label: "Judgments", number: true, cell: (r) => int(r.group.judgments),
        value: (r) => r.group.judgments },
      { label: "", cell: (r) => shiftStrip(r, low, high) },
      { label: "Shift", number: true, tip: kTips.shift, cell: (r) => dec(r.group.shift, 3),
        value: (r) => r.group.shift },
      { label: "Interval", number: true,
        cell: (r) => range(r.group.shift_interval, (v) => dec(v, 3)) || kUnknown },
      { label: "q", number: true, tip: kTips.q, cell: (r) => pValue(r.group.shift_q),
        value: (r) => r.group.shift_q },
    ] }));
}

function showModels(fit) {
  const rows = list(fit.dimensions);
  const candidates = rows.flatMap((row) => list(row.candidates).map((each) =>
    ({ dimension: row.dimension, ...each })));
  return section("models", "Which model, and why", null,
    makeTable({ caption: "One estimator for each kind of judgment", rows, columns: [
      { label: "Dimension", cell: (d) => d.dimension },
      { label: "Kind", cell: (d) => d.kind },
      { label: "Model", wide: true, cell: (d) => [d.model || "none", h("span", { class: "sub" },
        d.why)] },
      { label: "Judgments", number: true, cell: (d) => [int(d.judgments), h("span",
        { class: "sub" }, `${plural(d.items, "item")}, ${plural(d.raters, "rater")}`)] },
      { label: "Cells of everybody", number: true, tip: kTips.state, cell: (d) => [
        int(d.everyone.cells.observed), h("span", { class: "sub" },
          `${int(d.everyone.cells.insufficient)} insufficient`)] },
    ] }),
    candidates.length ? makeTable({ caption: "Models that were considered", rows: candidates,
      columns: [
        { label: "Dimension", cell: (c) => c.dimension },
        { label: "Model", cell: (c) => [c.model, c.chosen ? h("span", { class: "sub" }, "chosen")
          : null] },
        { label: "Score", number: true, cell: (c) => [dec(c.score, c.score_means === "log-likelihood" ? 1 : 3),
          h("span", { class: "sub" }, c.score_means)] },
        { label: "Note", wide: true, cell: (c) => prose(c.note) },
      ] }) : null,
    rows.flatMap((row) => list(row.notes).map((note) => h("p", { class: "note" },
      h("b", null, row.dimension + ": "), prose(note)))));
}

function showVariance(fit) {
  const rows = list(fit.dimensions).flatMap((row) => list(row.partitions).filter((part) =>
    part.variance).map((part) => ({ dimension: row.dimension, part })));
  const share = (part, name) => {
    const total = kParts.reduce((sum, [each]) => sum + part.variance[each], 0);
    return total > 0 ? part.variance[name] / total : null;
  };
  const words = ({ part }) => kParts.map(([name, label]) =>
    `${label} ${percent(share(part, name))}`).join(", ");
  return rows.length ? section("variance", "Where differences come from",
    "Of everything by which two judgments differ: the items, the raters\u2019 strictness, groups " +
    "that see particular items differently, and the rest.", partsLegend(),
    makeTable({ caption: "Variance components, as shares of the total", rows, columns: [
      { label: "Dimension", cell: (r) => r.dimension },
      { label: "Attribute", cell: (r) => r.part.attribute },
      { label: "Shares", cell: (r) => stack(r.part.variance,
        `${r.dimension}, ${r.part.attribute}: ${words(r)}`) },
      ...kParts.map(([name, label, , brief]) => ({ label: brief, number: true, tip: label,
        cell: (r) => percent(share(r.part, name)) })),
    ] })) : null;
}

function showPopulation(fit) {
  const p = fit.population;
  if (!p) return null;
  return section("population", "Raters weighted to the population",
    `${plural(p.raters, "rater")} are worth ${dec(p.effective, 1)} of equal weight.`,
    facts([["Design effect", dec(p.design_effect), "Raters over the effective number (Kish)."],
      ["Weights", `${dec(p.least)} to ${dec(p.most)}`, "Their mean is 1."],
      p.trimmed ? ["At the bound", int(p.trimmed), "Raters whose weight was cut."] : null]),
    list(p.unknown).map((each) => h("p", { class: "note" }, `Not known: ${each}.`)),
    makeTable({ caption: "Shares before and after", rows: list(p.gaps), limit: 60, columns: [
      { label: "Attribute", cell: (m) => m.attribute },
      { label: "Value", cell: (m) => m.value },
      { label: "Raters", number: true, cell: (m) => int(m.raters) },
      { label: "Sample", number: true, cell: (m) => [percent(m.found), h("span",
        { class: "sub" }, range(m.interval, percent) || "")] },
      { label: "Declared", number: true, cell: (m) => [percent(m.declared), m.beyond_chance
        ? h("span", { class: "sub" }, "beyond chance") : null] },
      { label: "Weighted", number: true, cell: (m) => percent(m.weighted) },
    ] }));
}

function cellStrip(row) {
  const x = scale(0, 1, 6, 154);
  return picture(160, 22, `${row.group}: ${dec(row.mean)}` + (row.interval
    ? `, ${range(row.interval)}` : "") + " on a scale from 0 to 1", "small-strip",
    line(6, 11, 154, 11, "grid"), line(x(0.5), 5, x(0.5), 17, "axis"),
    estimate(x, 11, row.mean, row.interval, row.state === "observed" ? "mark" : "plain"));
}

function showCells(fit) {
  const rows = list(fit.cells);
  return section("cells", "Cells of the tensor", rows.length < fit.cells_total
    ? `The first ${int(rows.length)} of ${int(fit.cells_total)}; --tensor cells.csv writes all.`
    : null,
    makeTable({ caption: "Utility of an option for a group, 0 to 1, larger is better", rows,
      sortable: true, limit: 40, columns: [
        { label: "Dimension", cell: (r) => r.dimension, value: (r) => r.dimension },
        { label: "Item", wide: true, cell: (r) => [r.case || r.option, r.case ? h("span",
          { class: "sub" }, r.option, r.other ? ` against ${r.other}` : "") : null,
        r.category ? h("span", { class: "sub" }, `share of \u201c${r.category}\u201d`) : null],
          value: (r) => r.case + r.option },
        { label: "Group", cell: (r) => (r.attribute ? `${r.attribute}: ${r.group}` : r.group),
          value: (r) => r.attribute + r.group },
        { label: "Utility", cell: cellStrip },
        { label: "Mean", number: true, cell: (r) => dec(r.mean), value: (r) => r.mean },
        { label: "Interval", number: true, cell: (r) => range(r.interval) || kUnknown },
        { label: "Judgments", number: true, tip: kTips.state, value: (r) => r.n,
          cell: (r) => [int(r.n), r.state === "observed" ? null : h("span", { class: "sub" },
            r.state)] },
      ] }));
}

function showFitMethod(fit) {
  return section("method", "Method", null, provenanceFacts(fit),
    list(fit.attributes_left_out).length ? [h("h3", null, "Attributes that make no groups"),
      h("ul", { class: "plain" }, fit.attributes_left_out.map((each) =>
        h("li", null, `${each.attribute}: ${each.reason}`)))] : null);
}

showReport(fitHeader, [(fit) => findingsSection(list(fit.findings)), showModels, showShifts,
  showVariance, showPopulation, showCells, showFitMethod]);
