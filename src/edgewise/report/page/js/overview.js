// What stands first: title, findings, the three losses, the data.

function showHeader(audit) {
  const data = audit.data || {}, from = audit.provenance || {};
  document.getElementById("top").append(
    h("p", { class: "kicker" }, "Edgewise audit: what does one number hide in these judgments?"),
    h("h1", null, audit.title || "Untitled audit"),
    h("p", { class: "provenance" }, [
      plural(data.judgments, "judgment"), plural(data.raters, "rater"),
      plural(data.cases, "case"), plural(list(data.dimensions).length, "dimension"),
      `Edgewise ${from.version || "?"}`, `seed ${known(from.seed) ? from.seed : "?"}`,
      `${int(from.permutations)} shuffles`,
    ].map((part, i) => [i ? " \u00b7 " : "", h("span", null, part)])));
}

const showFindings = (audit) => findingsSection(list(audit.findings),
  (finding) => (kAxes[finding.axis] || [finding.axis || ""])[0]);

// --- the three losses ---

function lossChart(loss, high) {
  const width = 320, x = scale(0, high, 10, 310), test = loss.null;
  const words = `${lossName(loss)}: mean ${dec(loss.mean, 3)}` +
    (loss.interval ? `, 90 % interval ${range(loss.interval, (v) => dec(v, 3))}` : "") +
    (test ? `; from raw means ${dec(test.observed, 3)}, under shuffled labels ` +
      `${dec(test.null_low, 3)} to ${dec(test.null_high, 3)}` : "");
  // The null is of the raw statistic, so the raw value is what stands in its band.
  const base = test ? 78 : 48;
  return picture(width, base + 24, words, "losschart",
    known(loss.plug_in) ? s("path", { class: "plugin",
      d: `M${x(loss.plug_in) - 4},6 h8 l-4,7 z` }) : null,
    estimate(x, 25, loss.mean, loss.interval, "mark"),
    test ? [s("rect", { x: x(test.null_low), y: 44, height: 26, class: "band",
                        width: Math.max(2, x(test.null_high) - x(test.null_low)) }),
      line(x(test.null_mean), 44, x(test.null_mean), 70, "nullmean"),
      line(x(test.observed), 44, x(test.observed), 70, "observed"),
      s("circle", { cx: x(test.observed), cy: 57, r: 4.5, class: "dot mark" })] : null,
    axis(x, 0, high, base, 10, 310, tickFormat(0, high)));
}
const lossName = (loss) => (kMeasures[loss.name] ? kMeasures[loss.name][0] : loss.name) +
  (loss.attribute ? ` by ${loss.attribute}` : "");

function lossPanel(axisName, losses, high, audit) {
  const excess = (loss) => (loss.null ? loss.null.excess : 0);
  const order = [...losses].sort((a, b) =>
    rankOf(a) - rankOf(b) || excess(b) - excess(a));
  const loss = order[0];
  const [, title, sense] = kAxes[axisName];
  if (!loss) {
    return h("article", { class: "loss" }, h("p", { class: "over" }, chip("cannot_tell")),
      h("h3", null, title), nothing(axisName === "people"
        ? "The raters are divided into no groups that could be compared."
        : "Not part of this audit."), h("p", { class: "sense" }, sense));
  }
  const test = loss.null;
  return h("article", { class: `loss is-${loss.verdict}` },
    h("p", { class: "over" }, chip(loss.verdict),
      loss.attribute ? h("span", { class: "axisname" }, `by ${loss.attribute}`) : null),
    h("h3", null, title),
    known(loss.mean) ? [
      h("p", { class: "figure" }, num(dec(loss.mean, 3), why(loss.name)),
        h("span", { class: "beside" }, loss.interval
          ? num(`${range(loss.interval, (v) => dec(v, 3))}`,
            "90 % interval: the range of means that fit these judgments.") : "no interval")),
      h("p", { class: "unit" }, "of a scale from 0 to 1, mean over ",
        loss.sampled ? "a random sample of " : "", plural(loss.cases, "case")),
      lossChart(loss, high),
      test ? h("p", { class: "small" }, "Second line, the statistic that was tested (group means shrunk by moments): ",
        num(dec(test.observed, 3), "The loss at the raw means of the groups, with nothing pulled " +
          "together: the statistic that shuffled labels are compared with."), " against ",
        num(`${dec(test.null_mean, 3)} (${dec(test.null_low, 3)} to ${dec(test.null_high, 3)})`,
          why("shuffle")), " under shuffled labels (grey). Excess: ", num(dec(test.excess, 3),
          `Observed ${dec(test.observed, 3)} less the mean under shuffled labels.`), "; ",
        num(shuffleWords(test, audit.provenance.permutations), why("p")), ".") : null,
      h("p", { class: "small" }, "Worth acting on in ", num(percent(loss.share_material),
        `Share of cases whose loss exceeds ${dec(loss.material)} with 95 % probability.`),
      ` of cases (over ${dec(loss.material)}).`,
      known(loss.plug_in) ? [" Triangle: ", num(dec(loss.plug_in, 3),
        "The same loss computed from the posterior means alone, as if they were exact."),
      " if the means were exact."] : null),
    ] : h("p", { class: "figure none" }, "\u2014"),
    loss.why ? h("p", null, sentence(prose(loss.why))) : null,
    h("p", { class: "sense" }, sense));
}

function showLosses(audit) {
  const losses = list(audit.losses);
  const of = (name) => losses.filter((loss) => loss.axis === name);
  const high = Math.max(0.02, ...losses.flatMap((loss) => [loss.mean, loss.plug_in,
    loss.interval && loss.interval.high, loss.null && loss.null.null_high,
    loss.null && loss.null.observed]).filter(known)) * 1.1;
  const people = of("people");
  return section("losses", "Three losses",
    ["A single score is an average along three axes: over values, over people and over what is " +
     "not known. Each average loses something. The three losses have the same unit, so that they " +
     "can be compared: how much worse the scalar\u2019s pick is than it needed to be."],
    h("div", { class: "losses" }, ["values", "people", "uncertainty"].map((name) =>
      lossPanel(name, of(name), high, audit))),
    people.length > 1 ? folded(`Representation loss for all ${people.length} ways of dividing ` +
      "the raters", makeTable({
      caption: "Representation loss by attribute", rows: people, columns: [
        { label: "Attribute", cell: (x) => x.attribute, tip: "What divides the raters." },
        { label: "Verdict", cell: (x) => chip(x.verdict, x.why) },
        { label: "Mean", number: true, tip: why("representation"), cell: (x) => dec(x.mean, 3) },
        { label: "90 % interval", number: true, tip: why("interval"),
          cell: (x) => range(x.interval, (v) => dec(v, 3)) || kUnknown },
        { label: "Shuffled labels", number: true, tip: why("shuffle"), cell: (x) => (x.null
          ? `${dec(x.null.null_mean, 3)} (${dec(x.null.null_low, 3)} to ` +
            `${dec(x.null.null_high, 3)})` : kUnknown) },
        { label: "Excess", number: true, tip: "Observed less the mean under shuffled labels.",
          cell: (x) => (x.null ? dec(x.null.excess, 3) : kUnknown) },
        { label: "q", number: true, tip: why("q"),
          cell: (x) => (x.null ? pValue(x.null.q) : kUnknown) },
      ] })) : null);
}

// --- the data ---

function alphaStrip(dimension) {
  const low = Math.min(0, dimension.alpha, dimension.alpha_interval
    ? dimension.alpha_interval.low : 0);
  const x = scale(low, 1, 6, 114);
  return picture(120, 20, `alpha ${dec(dimension.alpha)} on a scale that ends at 1`, "small-strip",
    line(6, 10, 114, 10, "grid"), line(x(0), 4, x(0), 16, "axis"),
    line(114, 4, 114, 16, "axis"), estimate(x, 10, dimension.alpha, dimension.alpha_interval,
      "plain"));
}

function showData(audit) {
  const data = audit.data || {};
  const dimensions = list(data.dimensions);
  return section("data", "The data", null,
    facts([
      ["Judgments", int(data.judgments), "One judgment is one rater\u2019s statement on one item " +
        "and dimension."],
      ["Raters", int(data.raters), "People whose judgments were analysed."],
      data.machine_raters ? ["Machines left out", int(data.machine_raters),
        "Raters declared as machines. They are counted and do not speak for anybody."] : null,
      ["Cases", int(data.cases), "Situations in which something is to be chosen."],
      [`Items (${data.item_means || "options"})`, int(data.items),
        `What judgments are about; here an item is: ${data.item_means || "an option"}.`],
      data.repeated ? ["Repeated judgments", int(data.repeated),
        "Judgments of the same rater on the same item and dimension; averaged into one."] : null,
      data.underspecified ? ["Marked unanswerable", int(data.underspecified),
        "Judgments in which the rater said that the question cannot be answered as put."] : null,
    ]),
    dimensions.length === 0 ? nothing("No dimension could be analysed.") : null,
    dimensions.length === 1 ? h("p", { class: "note" }, "There is one dimension only: nothing is " +
      "averaged over values, so value flattening cannot be told from these data.") : null,
    dimensions.length ? makeTable({
      caption: "Dimensions: what was judged, and how far raters agree", rows: dimensions,
      sortable: true, columns: [
        { label: "Dimension", cell: (d) => d.name, value: (d) => d.name },
        { label: "Scale", wide: true, tip: "Kind of judgment, its range, and whether more is wanted " +
            "(positive) or unwanted (negative).",
          cell: (d) => [`${d.kind}, ${short(d.low)} to ${short(d.high)}`, h("span",
            { class: "sub" }, d.polarity, d.range_declared ? "" : "; range as seen in the data",
            d.present ? `; counts as present: ${d.present}` : "")] },
        { label: "Judgments", number: true, value: (d) => d.judgments,
          tip: "Below: what was judged, by how many, and the median of raters an item.",
          cell: (d) => [int(d.judgments), h("span", { class: "sub" },
            `${plural(d.items, "item")}, ${plural(d.raters, "rater")}, ` +
            `${short(d.raters_per_item)} an item`)] },
        { label: "Mean utility", number: true, tip: why("utility"),
          value: (d) => d.mean_utility, cell: (d) => dec(d.mean_utility) },
        { label: "Agreement (alpha)", tip: why("alpha"), value: (d) => d.alpha,
          tipOf: (d) => alphaWords(d.alpha), cell: (d) => (known(d.alpha)
            ? [alphaStrip(d), h("span", { class: "sub" }, h("b", null, dec(d.alpha)),
              d.alpha_interval ? ` (${range(d.alpha_interval)})` : "")] : kUnknown) },
        { label: "Error of alpha", tip: "Standard error of alpha from having sampled these " +
            "raters, and from having sampled these items. The larger one says what to collect " +
            "more of.", cell: (d) => [h("span", { class: "line" }, "raters ",
            h("b", null, dec(d.alpha_se_rater, 3))), h("span", { class: "line" }, "items ",
            h("b", null, dec(d.alpha_se_item, 3)))] },
        { label: "Estimated by", wide: true, cell: (d) => [d.estimator, h("span",
          { class: "sub" }, d.why_estimator)] },
      ] }) : null,
    list(data.notes).length ? [h("h3", null, "Assumptions, and what was left out"),
      h("ul", { class: "plain" }, data.notes.map((note) => h("li", null, prose(note))))] : null);
}

// --- what these data can answer ---

function showResolvability(audit) {
  const rows = list(audit.resolvability);
  const left = list(audit.attributes_left_out);
  const byAttribute = [...new Set(rows.map((row) => row.attribute))].map((name) =>
    [name, rows.filter((row) => row.attribute === name)]);
  const answer = (a) => [chip(a && a.can), h("span", { class: "sub" }, sentence(prose(a && a.why)))];
  const columns = [
    { label: "Dimension", cell: (r) => r.dimension },
    { label: "Do groups differ at all?", wide: true, cell: (r) => answer(r.global),
      tip: "Whether the global test could find a difference between groups." },
    { label: "On which items?", wide: true, cell: (r) => answer(r.items_answer),
      tip: "Whether a difference on a single item could be found." },
    { label: "Detectable shift", number: true, tip: "The smallest difference of one group from " +
        "everybody on one item, on the scale from 0 to 1, that would be found four times of " +
        "five. Below: how many further raters, in each group and on each item, would be needed " +
        "to find the shift named there.",
      cell: (r) => [r.detectable_shift >= 1 ? "none" : dec(r.detectable_shift), h("span",
        { class: "sub" }, r.further_raters ? `${plural(r.further_raters, "further rater")} to ` +
          `find ${dec(r.target_shift)}` : `no further raters needed for ${dec(r.target_shift)}`)] },
    { label: "Raters", number: true, tip: "Raters whose group is known, and the smallest group. " +
        "Smallest p: no result from these raters can have a smaller one, however strong the " +
        "effect, since there are only so many ways to relabel them, and so many shuffles.",
      cell: (r) => [int(r.raters), h("span", { class: "sub" }, `${plural(r.groups, "group")}, ` +
        `smallest ${int(r.smallest_group)}; smallest p ${pValue(r.smallest_p)}`)] },
    { label: "Judgments a cell", number: true, tip: "A cell is one group on one item. Median " +
        "number of judgments in a cell; below, the share of cells with 5 or more and 10 or more.",
      cell: (r) => [short(r.cell_median), h("span", { class: "sub" }, `${int(r.cells)} cells on ` +
        `${plural(r.items, "item")}; ${percent(r.cells_from_5)} have 5, ` +
        `${percent(r.cells_from_10)} have 10`)] },
    { label: "Pooling worth", number: true, tip: "How many judgments the pooled mean counts for " +
        "when a group\u2019s mean is pulled towards it. Large: groups look alike.",
      cell: (r) => (known(r.strength) ? [short(r.strength), r.strength_at_ceiling
        ? h("span", { class: "sub" }, "at its ceiling: no group effect seen") : null]
        : kUnknown) },
  ];
  return section("resolvability", "What these data can answer",
    "Before any statement about groups: could these raters and judgments show a difference at " +
    "all? Where the answer is no, an empty result below means nothing.",
    rows.length ? byAttribute.map(([name, own], index) => folded([h("span", { class: "name" },
      name), chips(own.map((r) => r.global && r.global.can), "differ at all"),
    chips(own.map((r) => r.items_answer && r.items_answer.can), "on which items")],
    makeTable({ caption: `What labels of \u201c${name}\u201d can show`, rows: own, columns }),
    rows.length <= 12 || index === 0, "block"))
      : nothing("The raters are divided into no groups that could be compared, so nothing can be " +
        "said about differences between people. Add an attribute of raters (age band, country, " +
        "expertise) to ask that question."),
    left.length ? [h("h3", null, "Attributes left out"), h("ul", { class: "plain" },
      left.map((a) => h("li", null, h("b", null, a.name), ` (${plural(a.raters, "rater")}): `,
        a.reason)))] : null);
}
// Distinct answers with their counts, for the line that stays when a block is folded.
function chips(states, label) {
  const order = [...new Set(states)];
  return h("span", { class: "chips" }, `${label}: `, order.map((state) => {
    const n = states.filter((other) => other === state).length;
    return [chip(state), order.length > 1 ? ` ${n} ` : " "];
  }));
}
