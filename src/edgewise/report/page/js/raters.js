// The page of edgewise raters: how far raters agree, who stands out, machines beside people.

const measured = (m, format = dec) => (m && known(m.value) ? [format(m.value), m.interval
  ? h("span", { class: "sub" }, range(m.interval, format)) : null] : kUnknown);

function showRatersHeader(report) {
  const from = report.provenance;
  pageHeader("Edgewise raters: how far can each rater be relied on?", report.title || "Untitled",
    [plural(report.judgments, "judgment"), plural(report.people, "person"),
      report.machines ? plural(report.machines, "machine") : null,
      plural(list(report.dimensions).length, "value"), `Edgewise ${from.version || "?"}`,
      `seed ${known(from.seed) ? from.seed : "?"}`, plural(from.replicates, "resample")]);
}

const showRaterFindings = (report) => findingsSection(list(report.findings));

function coefficientTable(d) {
  return makeTable({ caption: `Agreement on ${d.name} by every coefficient that makes sense`,
    rows: list(d.coefficients), columns: [
      { label: "Coefficient", cell: (c) => [sentence(c.name.replace(/_/g, " ")),
        h("span", { class: "sub" }, c.of)] },
      { label: "Value", number: true, cell: (c) => (known(c.value) ? dec(c.value) : kUnknown) },
      { label: "95 % interval", cell: (c) => range(c.interval) || c.why || kUnknown }] });
}

function modelWords(d) {
  if (!list(d.models).length) return h("p", { class: "note" }, `Model of raters: ${d.model_why}.`);
  const classes = list(d.classes).filter((c) => known(c.estimated));
  return [h("p", null, `Model of raters (Dawid and Skene): ${d.model_why.replace(/_/g, " ")}. `,
    known(d.relabelled) ? `On ${plural(d.relabelled, "item")} its likeliest answer is not the ` +
      "most frequent one." : null),
  makeTable({ caption: `Models of raters on ${d.name}, least BIC first`, rows: d.models, columns: [
    { label: "Variant", cell: (m) => [m.variant.replace("_", " "), m.chosen
      ? h("span", { class: "sub" }, "used") : null] },
    { label: "BIC", number: true, cell: (m) => int(m.bic) },
    { label: "Log-likelihood", number: true, cell: (m) => dec(m.log_likelihood, 1) },
    { label: "Parameters", number: true, cell: (m) => int(m.parameters) },
    { label: "Rounds", number: true, cell: (m) => [int(m.iterations), m.converged ? null
      : h("span", { class: "sub" }, "not converged")] }] }),
  classes.length ? makeTable({ caption: `Answers on ${d.name}: as given, and as true by the model`,
    rows: classes, columns: [
      { label: "Answer", cell: (c) => c.name },
      { label: "Given", number: true, cell: (c) => percent(c.given) },
      { label: "True, by the model", number: true, cell: (c) => percent(c.estimated) }] }) : null];
}

function showAgreement(report) {
  const all = list(report.dimensions);
  return section("agreement", "How far raters agree",
    "Krippendorff\u2019s alpha: 1 where all agree, 0 where answers agree as often as if they had " +
    "been dealt at random. The dot and its line: alpha with the 95 % interval that allows for " +
    "other raters and other items. The grey line below it: other items alone.",
    h("figure", null, alphaPlot(all)),
    makeTable({ caption: "Values", rows: all, sortable: true, columns: [
      { label: "Value", cell: (d) => [d.name, h("span", { class: "sub" },
        `${d.kind}, ${d.metric} differences`)], value: (d) => d.name },
      { label: "Raters", number: true, value: (d) => d.raters, cell: (d) => [int(d.raters),
        d.machines_only ? h("span", { class: "sub" }, "machines only") : null] },
      { label: "Items shared", number: true, value: (d) => d.shared_items, cell: (d) =>
        [int(d.shared_items), h("span", { class: "sub" }, `of ${int(d.items)} judged`)] },
      { label: "Alpha", number: true, value: (d) => d.alpha, cell: (d) => [dec(d.alpha),
        d.state === "observed" ? null : h("span", { class: "sub" }, `insufficient: ${d.why}`)] },
      { label: "95 % interval", cell: (d) => [range(d.alpha_interval) || kUnknown,
        h("span", { class: "sub" }, `items alone ${range(d.alpha_items_only) || kUnknown}`)] },
      { label: "Error from", tip: "Standard errors of alpha from the choice of raters and from " +
          "the choice of items. The larger one says what to collect more of.",
        cell: (d) => [h("span", { class: "line" }, "raters ", h("b", null, dec(d.se_raters, 3))),
          h("span", { class: "line" }, "items ", h("b", null, dec(d.se_items, 3)))] },
      { label: "Same answer", number: true, value: (d) => d.percent_agreement,
        cell: (d) => percent(d.percent_agreement) },
      { label: "Stand out", number: true, value: (d) => d.flagged, cell: (d) => int(d.flagged) },
    ] }),
    all.map((d, i) => folded([h("span", { class: "name" }, d.name), "other coefficients, model " +
      "of raters"], [list(d.coefficients).length ? coefficientTable(d) : null, modelWords(d),
    d.repeated ? h("p", { class: "note" }, `${plural(d.repeated, "judgment")} of an item that ` +
      `the same rater had judged before; ${percent(d.repeated_same)} repeat the answer.`) : null],
    all.length === 1 && i === 0, "block")));
}

function confusionTable(row, classes) {
  const k = classes.length;
  return makeTable({ caption: `What ${row.rater} said (columns) where this was true by the model ` +
      "(rows); expected counts", rows: classes.map((name, i) => ({ name, i })), limit: 24,
    columns: [{ label: "True", cell: (c) => c.name }, ...classes.map((name, said) => ({
      label: name, number: true, cell: (c) => dec(row.confusion[c.i * k + said], 1) }))] });
}

function raterTable(rows, d) {
  const classes = list(d.classes).map((c) => c.name);
  const turned = rows.some((row) => known(row.alpha_change));
  return makeTable({ caption: `Raters on ${d.name}`, rows, sortable: true,
    idOf: (row) => `r-${d.name}-${row.rater}`.replace(/[^\w-]/g, "_"),
    columns: [
      { label: "Rater", cell: (r) => [r.rater, r.kind === "person" ? null
        : h("span", { class: "sub" }, r.kind)], value: (r) => r.rater },
      { label: "n", number: true, value: (r) => r.n, tip: "Items judged; below, those that " +
          "others judged too.", cell: (r) => [int(r.n), h("span", { class: "sub" },
        `${int(r.shared)} shared`)] },
      { label: "Stands out", wide: true, value: (r) => r.flags.length, cell: (r) =>
        (flagged(r) ? r.flags.map((f) => [chip("on", flagText(f), flagWord(f)), " "])
          : r.state === "observed" ? "no" : "too few shared items") },
      { label: "Agrees", number: true, value: (r) => r.agreement.value, tip: "Share of the " +
          "others who gave the same answer; below, that of those others with each other on the " +
          "same items.", cell: (r) => [measured(r.agreement), known(r.others_agreement)
        ? h("span", { class: "sub" }, `others ${dec(r.others_agreement)}`) : null] },
      rows.some((r) => known(r.severity.value)) ? { label: "Higher by", number: true,
        value: (r) => r.severity.value, tip: "Own answer less the mean of the others, in units " +
          "of the scale.", cell: (r) => measured(r.severity) } : null,
      { label: "Right, by the model", number: true, value: (r) => r.accuracy.value,
        cell: (r) => measured(r.accuracy, percent) },
      turned ? { label: "Without", number: true, value: (r) => r.alpha_change, tip: "How alpha " +
          "would change without this rater, and on how many items the mean (or majority) would " +
          "be on another side.", cell: (r) => [known(r.alpha_change)
        ? (r.alpha_change > 0 ? "+" : "") + dec(r.alpha_change, 3) : kUnknown,
      h("span", { class: "sub" }, `${plural(r.items_turned, "item")} turn`)] } : null,
      { label: "Longest run", number: true, value: (r) => r.longest_run, tip: "The longest run " +
          "of one answer, and the one that others\u2019 answers on the same items would make.",
        cell: (r) => [known(r.longest_run) ? int(r.longest_run) : kUnknown,
          known(r.expected_run) ? h("span", { class: "sub" }, `expected ${dec(r.expected_run, 1)}`)
            : null] },
    ].filter(Boolean),
    detail: rows.some((r) => list(r.confusion).length) ? { name: (r) => r.rater, content: (r) =>
      h("div", { class: "casedetail" }, list(r.confusion).length ? confusionTable(r, classes)
        : h("p", null, "Nothing more is kept of raters who do not stand out."),
      known(r.correlation.value) ? h("p", null, "Correlation with the mean of the others ",
        dec(r.correlation.value), r.correlation.interval ? ` (${range(r.correlation.interval)})`
          : "", ".") : null) } : null });
}

function showRaters(report) {
  const all = list(report.dimensions);
  const rows = (d) => list(report.raters).filter((row) => row.dimension === d.name);
  return section("raters", "The raters, one by one",
    "Upwards, how far a rater agrees with the others; across, how high they answer. Who stands " +
    "out is marked by a cross, machines by a square; the larger, the more items. Standing out is " +
    "a reason to look, not to delete.",
    h("ul", { class: "legend" }, [["answer", "does not stand out"], ["escalate", "stands out"],
      ["options", "machine"]].map(([kind, name]) => h("li", null, s("svg", { width: 18,
      height: 18, "aria-hidden": "true" }, shape(kind, 9, 9, 6)), name))),
    all.map((d, i) => {
      const own = rows(d), drifts = own.filter((row) => row.flags.includes("drifts"));
      const map = raterMap(own, d.name);
      return folded([h("span", { class: "name" }, d.name), `${int(d.flagged)} of ` +
        `${plural(d.raters, "rater")} stand out`],
      [h("div", { class: "pair" }, map ? h("figure", null, map)
        : nothing("Too few raters share items for a map."), drifts.length
        ? h("figure", null, h("figcaption", null, "Change from first to last judgment"),
          driftPlot(drifts.slice(0, 12))) : null), raterTable(own, d)],
      all.length <= 2 || i === 0, "block");
    }),
    report.raters_total > list(report.raters).length ? h("p", { class: "note" },
      `${int(report.raters_total - report.raters.length)} more are left out of these tables; ` +
      "--most-raters lists more.") : null);
}

function showMachines(report) {
  const rows = list(report.machine_rows);
  if (!rows.length) return null;
  const rate = (r) => (known(r.value) ? [percent(r.value), h("span", { class: "sub" },
    `${range(r.interval, percent) || "interval not known"}; n ${int(r.n)}`)] : kUnknown);
  return section("machines", "Machines beside people",
    "Does a model give the answers that people give? Beside each figure stands what a person " +
    "does on the same items. Agreement with a majority is no substitute for those who differ.",
    makeTable({ caption: "Agreement", rows, columns: [
      { label: "Machine", cell: (m) => [m.rater, h("span", { class: "sub" }, m.dimension)] },
      { label: "Shared", number: true, cell: (m) => int(m.shared) },
      { label: "With the majority", number: true, tip: "Of the people but one, each left out in " +
          "turn.", cell: (m) => rate(m.with_majority) },
      { label: "A person", number: true, tip: "The one left out, with the same majorities.",
        cell: (m) => rate(m.person_with_majority) },
      { label: "Difference", number: true, cell: (m) => rate(m.difference) },
      { label: "With one person", number: true, cell: (m) => [rate(m.with_person),
        known(m.with_person_strict.value) ? h("span", { class: "sub" },
          `without ties ${percent(m.with_person_strict.value)}`) : null] },
      { label: "Two people", number: true, cell: (m) => [rate(m.people_with_people),
        known(m.people_with_people_strict.value) ? h("span", { class: "sub" },
          `without ties ${percent(m.people_with_people_strict.value)}`) : null] }] }),
    h("h3", null, "The mean answer, corrected for the machine\u2019s errors"),
    makeTable({ caption: "People on some items, the machine on all (prediction-powered)", rows,
      columns: [
        { label: "Machine", cell: (m) => [m.rater, h("span", { class: "sub" }, m.dimension)] },
        { label: "Items", number: true, cell: (m) => [int(m.labelled), h("span",
          { class: "sub" }, `and ${int(m.unlabelled)} by the machine alone`)] },
        { label: "People alone", number: true, cell: (m) => measured(m.people_mean) },
        { label: "Machine alone", number: true, cell: (m) => dec(m.machine_mean) },
        { label: "Corrected", number: true, cell: (m) => measured(m.corrected_mean) },
        { label: "Saves", wide: true, cell: (m) => (known(m.saved)
          ? `${plural(Math.floor(m.saved), "item")} that people need not judge` : m.why
            || kUnknown) }] }),
    rows.filter((m) => list(m.confusion).length && m.classes.length).map((m) => folded(
      `What ${m.rater} said on ${m.dimension}, by the majority of people`,
      makeTable({ caption: "Rows: people\u2019s majority; columns: the machine",
        rows: m.classes.map((name, i) => ({ name, i })), columns: [
          { label: "People", cell: (c) => c.name }, ...m.classes.map((name, j) => ({ label: name,
            number: true, cell: (c) => int(m.confusion[c.i * m.classes.length + j]) }))] }))));
}

function showSuspects(report) {
  const speeds = list(report.speeds), pairs = list(report.duplicates);
  return section("suspects", "Speed and duplicates", null,
    h("p", null, `Speed: ${report.speed_note}.`),
    speeds.length ? makeTable({ caption: "From one item to the next", rows: speeds,
      sortable: true, columns: [
        { label: "Rater", cell: (r) => r.rater, value: (r) => r.rater },
        { label: "Steps", number: true, cell: (r) => int(r.gaps), value: (r) => r.gaps },
        { label: "Median, seconds", number: true, cell: (r) => dec(r.median_seconds, 1),
          value: (r) => r.median_seconds },
        { label: "Not credible", number: true, cell: (r) => percent(r.share_below),
          value: (r) => r.share_below },
        { label: "Stands out", cell: (r) => (r.flagged ? chip("on", null, "too fast") : "no") },
      ] }) : null,
    h("p", null, `Duplicates: ${report.duplicates_note}. `, pairs.length ? "" : "None was found."),
    pairs.length ? makeTable({ caption: "Pairs that answer alike", rows: pairs, columns: [
      { label: "Raters", cell: (d) => `${d.a} and ${d.b}` },
      { label: "On", cell: (d) => d.dimension },
      { label: "The same", number: true, cell: (d) => `${int(d.same)} of ${int(d.common)}` },
      { label: "Expected", number: true, cell: (d) => percent(d.expected) },
      { label: "p, corrected", number: true, cell: (d) => pValue(d.p) }] }) : null);
}

function showRatersMethod(report) {
  const from = report.provenance;
  return section("method", "Method", null,
    h("ul", { class: "plain" },
      h("li", null, "Alpha: Krippendorff 2011. Interval: jackknife over raters and over items, " +
        "variances added, Student\u2019s t. Other coefficients: Cohen 1960 and 1968, Fleiss 1971, " +
        "Randolph 2005, Gwet 2008 and 2014."),
      h("li", null, "Model of raters: Dawid and Skene 1979, by EM until the marginal likelihood " +
        "stands still; the variant with the least BIC is used."),
      h("li", null, "Standing out: q at most the false discovery rate given, and an amount that " +
        "matters: 0.10 of agreement, 15 % of the scale, half the entropy or three times the run " +
        "that others\u2019 answers would make."),
      h("li", null, "Prediction-powered mean: Angelopoulos et al. 2023, with power tuning.")),
    facts([["Seed", known(from.seed) ? String(from.seed) : kUnknown, "Same data, parameters and " +
      "seed give the same report."], ["Resamples", int(from.replicates), "Of items."],
    ...list(from.parameters).map((p) => [p.split("=")[0].replace(/_/g, " "),
      p.split("=").slice(1).join("="), "A parameter of this run."])]));
}

showReport(showRatersHeader, [showRaterFindings, showAgreement, showRaters, showMachines,
  showSuspects, showRatersMethod]);
