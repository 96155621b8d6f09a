// How the audit was made, and how its page is put together.

function showMethod(audit) {
  const from = audit.provenance || {};
  return section("method", "Method", null,
    h("h3", null, "How to read this report"),
    h("ul", { class: "plain" },
      h("li", null, "Start with the findings; then see in \u201cWhat these data can answer\u201d " +
        "whether a missing effect means \u201cnone\u201d or \u201cthese data could not tell\u201d."),
      h("li", null, "Compare every figure with the grey beside it: that is what noise gives. " +
        "Inside the grey, there is nothing to explain."),
      h("li", null, "An interval is a range of values that fit the data. A wide one says: " +
        "collect more before you act."),
      h("li", null, "Rest the pointer on a number, tap it, or move to it with Tab and the arrow " +
        "keys to see what it means."),
      h("li", null, "A finding is about these raters and these items. Whether they stand for " +
        "anybody else depends on how they were chosen.")),
    h("h3", null, "How it was made"),
    facts([
      ["Edgewise", from.version || kUnknown, "Version of the program."],
      ["Seed", known(from.seed) ? String(from.seed) : kUnknown,
        "Same data, parameters and seed give the same report, byte for byte."],
      ["Shuffles", int(from.permutations), why("shuffle")],
      ["Posterior draws", int(from.draws), "Draws of the utilities behind intervals of losses."],
      ["False discovery rate", percent(from.fdr), why("q")],
      ["Smallest group kept", plural(from.least_group, "rater"),
        "Smaller groups are left out, by name."],
      ["Cell in flip rates", plural(from.least_cell, "judgment"),
        "Judgments that a group needs on an item for its majority to count."],
    ]),
    from.scalar ? h("p", null, h("b", null, "The scalar: "), from.scalar) : null,
    h("h3", null, "Measures"),
    h("dl", { class: "measures" }, Object.values(kMeasures).map(([name, plain, text, source]) =>
      h("div", null, h("dt", null, name), h("dd", null, h("p", null, plain),
        h("p", { class: "formula" }, formula(text)),
        h("p", { class: "source" }, source.replace(/^ours/, "Edgewise\u2019s own")))))));
}

showReport(showHeader, [showFindings, showLosses, showData, showResolvability, showGroups,
  showComponents, showConflicts, showUncertainty, showFlags, showCases, showMethod]);
