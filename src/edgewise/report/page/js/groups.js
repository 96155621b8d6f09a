// Whether groups differ: every statistic beside what shuffled labels give.

function effectsOf(audit) {
  return list(audit.partitions).flatMap((partition) =>
    list(partition.effects).map((effect) => ({ ...effect, partition })));
}

const orDash = (x, format) => (known(x) ? format(x) : "\u2013");

// Everything at a glance: one row an attribute and dimension.
function forest(effects, audit) {
  const tests = effects.map((e) => e.disagreement_ratio).filter(Boolean);
  const [low, high] = span(tests.flatMap((t) => [t.observed, t.null_low, t.null_high,
    t.interval && t.interval.low, t.interval && t.interval.high]), 0.04);
  const ratio = (e) => e.disagreement_ratio;
  return makeTable({
    caption: "Disagreement between groups over disagreement within groups, beside shuffled labels " +
      "(grey)", rows: effects, sortable: true, limit: 16,
    columns: [
      { label: "Attribute", cell: (e) => e.attribute, value: (e) => e.attribute },
      { label: "Dimension", cell: (e) => e.dimension, value: (e) => e.dimension },
      { label: "Verdict", cell: (e) => chip(e.verdict, e.words),
        value: rankOf },
      { label: `Ratio, ${dec(low)} to ${dec(high)}`, tip: why("ratio"), cell: (e) => (ratio(e)
        ? strip(ratio(e), low, high, `ratio ${ratioText(ratio(e).observed)}; shuffled ` +
          `${ratioText(ratio(e).null_low)} to ${ratioText(ratio(e).null_high)}`)
        : h("span", { class: "soft" }, "cannot be computed")) },
      { label: "Observed", number: true, tip: why("ratio"), value: (e) => ratio(e)?.observed,
        cell: (e) => orDash(ratio(e)?.observed, ratioText) },
      { label: "Shuffled", number: true, tip: why("shuffle"),
        cell: (e) => (ratio(e) ? `${ratioText(ratio(e).null_low)} to ` +
          ratioText(ratio(e).null_high) : "\u2013") },
      { label: "p", number: true, tip: why("p"), value: (e) => ratio(e)?.p,
        tipOf: (e) => (ratio(e) ? sentence(shuffleWords(ratio(e), audit.provenance.permutations))
          : null), cell: (e) => orDash(ratio(e)?.p, pValue) },
      { label: "q", number: true, tip: why("q"), value: (e) => ratio(e)?.q,
        cell: (e) => orDash(ratio(e)?.q, pValue) },
    ] });
}

function effectCard(effect, audit) {
  const ratio = effect.disagreement_ratio, flips = list(effect.flips);
  const fdr = audit.provenance.fdr ?? 0.1;
  const permutations = audit.provenance.permutations;
  return h("article", { class: "effect" },
    h("h4", null, effect.dimension, " ", chip(effect.verdict)),
    effect.words ? h("p", null, sentence(prose(effect.words))) : null,
    h("div", { class: "pair" },
      h("figure", null, h("figcaption", { "data-tip": why("ratio"), tabindex: "0", class: "num" },
        "Disagreement between over within groups"),
      ratio ? [nullPlot(ratio, "Disagreement ratio", ratioText), h("p", { class: "small" },
        `${sentence(shuffleWords(ratio, permutations))} (${pIs("p", ratio.p)}); ` +
        `${correctionWords(ratio, fdr)}. Rests on ${plural(ratio.n, "item")}.`)]
        : nothing("Cannot be computed: no item has raters of two groups, and two of one.")),
      h("figure", null, h("figcaption", { "data-tip": why("flips"), tabindex: "0", class: "num" },
        "Items on which a group\u2019s majority opposes everybody\u2019s"),
      flips.length ? [flipPlot(flips, "Flip rate"), h("p", { class: "small" }, flips.map((flip) =>
        `n \u2265 ${int(flip.least)}: ${percent(flip.rate.observed)} against ` +
        `${percent(flip.rate.null_mean)} shuffled, ${pIs("q", flip.rate.q)}`).join("; "), ".")]
        : nothing("No group has enough judgments on one item to have a majority."))),
    facts([
      known(effect.within) ? ["Within groups", figures(effect.within),
        "Mean squared difference between two raters of the same group on one item."] : null,
      known(effect.across) ? ["Across groups", figures(effect.across),
        "Mean squared difference between two raters of different groups on one item."] : null,
      known(effect.jsd_share_corrected) ? ["Entropy between groups",
        `${percent(effect.jsd_share_corrected)} (raw ${percent(effect.jsd_share)})`,
        why("jsd")] : null,
      ["Together", `${pIs("p", effect.p)}, ${pIs("q", effect.q)}`,
        "Do groups differ at all? Twice the smaller p of two tests: the disagreement ratio, which " +
        "sees small differences everywhere, and Simes' test over single items, which sees large " +
        "ones on a few. q is corrected for all attributes and dimensions; the verdict goes by it."],
      ["Items flagged", `${int(effect.cells_flagged)} of ${int(effect.cells_tested)}`,
        why("flag")],
    ]),
    ratio || flips.length ? folded("These figures as a table", effectTable(ratio, flips)) : null);
}

function effectTable(ratio, flips) {
  const rows = [...(ratio ? [["Disagreement ratio", ratio, ratioText]] : []),
    ...flips.map((flip) => [`Flip rate, n \u2265 ${int(flip.least)}`, flip.rate, percent])];
  return makeTable({ caption: "Observed beside shuffled labels", rows, columns: [
    { label: "Statistic", cell: ([name]) => name },
    { label: "Observed", number: true, cell: ([, t, f]) => f(t.observed) },
    { label: "95 % interval", number: true, tip: why("interval"),
      cell: ([, t, f]) => range(t.interval, f) || kUnknown },
    { label: "Shuffled mean", number: true, tip: why("shuffle"), cell: ([, t, f]) => f(t.null_mean) },
    { label: "Shuffled, central 95 %", number: true, tip: why("shuffle"),
      cell: ([, t, f]) => `${f(t.null_low)} to ${f(t.null_high)}` },
    { label: "Excess", number: true, tip: "Observed less the mean under shuffled labels.",
      cell: ([, t, f]) => f(t.excess) },
    { label: "p", number: true, tip: why("p"), cell: ([, t]) => pValue(t.p) },
    { label: "q", number: true, tip: why("q"), cell: ([, t]) => pValue(t.q) },
    { label: "Items", number: true, cell: ([, t]) => int(t.n) },
  ] });
}

function partitionBlock(partition, audit, open) {
  const effects = list(partition.effects), groups = list(partition.groups);
  const body = h("div", { class: "blockbody" });
  const block = folded([h("span", { class: "name" }, partition.attribute),
    chip(partition.verdict), h("span", { class: "soft" }, plural(groups.length, "group"))],
  body, open, "block");
  const render = () => {
    if (body.childNodes.length) return;
    body.append(
      h("p", null, groups.map((g, i) => [i ? ", " : "", h("b", null, g.name),
        ` (${plural(g.raters, "rater")}, ${plural(g.judgments, "judgment")})`]), ".",
      partition.raters_unknown ? ` Group not known for ${plural(partition.raters_unknown,
        "rater")}.` : ""),
      list(partition.left_out).length ? h("p", { class: "small" }, "Left out: ",
        partition.left_out.map((g, i) => [i ? "; " : "", h("b", null, g.name),
          ` (${plural(g.raters, "rater")}): ${g.reason}`]), ".") : "",
      partition.learned_from_judgments ? h("p", { class: "warning" }, chip("caution"),
        " These groups were found in the same judgments that are analysed here, so differences " +
        "between them are overstated. ", partition.note) : partition.note
        ? h("p", { class: "note" }, partition.note) : "");
    body.append(...effects.map((effect) => effectCard(effect, audit)));
    if (!effects.length) body.append(nothing("Nothing was compared for this attribute."));
  };
  if (open) render();
  block.addEventListener("toggle", render);
  block.renderNow = render;
  return block;
}

function showGroups(audit) {
  const partitions = list(audit.partitions);
  const effects = effectsOf(audit);
  const order = [...partitions].sort((a, b) => rankOf(a) - rankOf(b));
  return section("groups", "Do groups differ? Observed beside shuffled labels",
    "Small groups seem to differ even when group labels mean nothing. So every figure stands " +
    "beside the same figure under labels shuffled between raters, in grey. Only what lies " +
    "outside the grey is more than noise.",
    partitions.length ? [
      h("ul", { class: "legend" },
        h("li", null, s("svg", { width: 30, height: 16, "aria-hidden": "true" },
          estimate((x) => x, 8, 15, { low: 4, high: 26 }, "mark")),
        "observed, with 95 % interval"),
        h("li", null, s("svg", { width: 30, height: 16, "aria-hidden": "true" },
          s("rect", { x: 2, y: 2, width: 26, height: 12, class: "band" }),
          line(15, 2, 15, 14, "nullmean")), "shuffled labels: central 95 %, mean")),
      effects.length ? forest(effects, audit) : null,
      h("h3", null, "Attribute by attribute"),
      order.map((partition, index) => partitionBlock(partition, audit, index === 0))]
      : nothing("Nothing can be shown here: no attribute divides the raters into groups that " +
        "could be compared."));
}

function showComponents(audit) {
  const rows = effectsOf(audit).filter((effect) => effect.components);
  if (!rows.length) return null;
  const methods = { reml: "restricted maximum likelihood", moments: "method of moments",
                    marginal_likelihood: "marginal likelihood" };
  const words = (c) => kParts.map(([name, label]) => `${label} ${percent(shareOf(c, name))}`)
    .join(", ");
  return section("components", "Where the variety comes from",
    "If people saw each item alike, all variety would come from items. The part \u201citem \u00d7 " +
    "group\u201d is the one that averaging over people hides.",
    partsLegend(),
    makeTable({ caption: "Variance components, as shares of the total", rows, limit: 16,
      sortable: true, columns: [
        { label: "Attribute", cell: (e) => e.attribute, value: (e) => e.attribute },
        { label: "Dimension", cell: (e) => e.dimension, value: (e) => e.dimension },
        { label: "Shares", tip: why("components"), tipOf: (e) => sentence(words(e.components)),
          cell: (e) => stack(e.components, `${e.attribute}, ${e.dimension}: ` +
            words(e.components)) },
        ...kParts.map(([name, label, , brief]) => ({ label: brief, number: true,
          tip: `${sentence(label)}. ${why("components")}`, value: (e) => shareOf(e.components, name),
          cell: (e) => percent(name === "item_by_group" ? e.components.share_item_by_group
            : shareOf(e.components, name)) })),
        { label: "Likelihood ratio", number: true, tip: "Twice the gain in log-likelihood from " +
            "letting groups see items differently. Below about 2.7 it could well be chance.",
          value: (e) => e.components.likelihood_ratio,
          cell: (e) => [dec(e.components.likelihood_ratio, 1), e.components.converged ? null
            : h("span", { class: "sub" }, "did not converge: read with care")] },
      ] }),
    h("p", { class: "note" }, "Estimated by ", [...new Set(rows.map((e) => methods[
      e.components.method] || e.components.method))].join("; "), "."));
}
function shareOf(components, name) {
  const total = kParts.reduce((sum, [part]) => sum + Math.max(0, components[part] || 0), 0);
  return total > 0 ? Math.max(0, components[name] || 0) / total : null;
}
