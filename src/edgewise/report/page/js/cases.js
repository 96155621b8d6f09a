// The edge map: where in the data one number misleads, case by case.

const kSignals = [["value_conflict", "V", "values conflict"],
  ["disagreement", "D", "stakeholders disagree"], ["ambiguity", "E", "too little is known"]];
const meanOf = (loss) => (loss && known(loss.mean) ? loss.mean : null);
const rowId = (ids, row) => `case-${ids.get(row)}`;

function scatter(rows, choose) {
  const measures = [["flattening", "Value flattening"], ["representation", "Representation loss"],
    ["blindness", "Uncertainty blindness"]];
  const present = measures.filter(([name]) => rows.some((row) => meanOf(row[name]) !== null));
  if (present.length < 2) {
    return nothing(rows.length ? "Fewer than two losses are known for these cases, so there is " +
      "no map to draw; the table below has what is known." : "No case to draw.");
  }
  const [[xName, xLabel], [yName, yLabel]] = present;
  const size = present.length > 2 ? "blindness" : null;
  const drawn = rows.filter((row) => meanOf(row[xName]) !== null && meanOf(row[yName]) !== null);
  const most = (name) => Math.max(0.02, ...drawn.map((row) => meanOf(row[name]) ?? 0)) * 1.06;
  const draw = (width) => {
    const height = Math.round(Math.min(460, Math.max(300, width * 0.52)));
    const left = 52, right = width - 14, top = 12, base = height - 46;
    const x = scale(0, most(xName), left, right), y = scale(0, most(yName), base, top);
    const widest = size ? most(size) : 1;
    const format = tickFormat(0, most(yName));
    const marks = [...drawn].sort((a, b) => (size ? meanOf(b[size]) - meanOf(a[size]) : 0))
      .map((row) => {
        const r = size ? 3.5 + 8 * Math.sqrt((meanOf(row[size]) ?? 0) / widest) : 5.5;
        const mark = shape(row.outcome, x(meanOf(row[xName])), y(meanOf(row[yName])), r);
        mark.dataset.tip = `${row.id}: ${row.text.slice(0, 140)}\n${xLabel} ` +
          `${dec(meanOf(row[xName]), 3)}; ${yLabel.toLowerCase()} ` +
          `${dec(meanOf(row[yName]), 3)}${size ? `; blindness ${dec(meanOf(row[size]), 3)}` : ""}. ` +
          `Suggested: ${row.outcome}.`;
        mark.addEventListener("click", () => choose(row));
        return mark;
      });
    return picture(width, height, `Map of ${plural(drawn.length, "case")}: ${xLabel} across, ` +
      `${yLabel} upwards${size ? ", size by uncertainty blindness" : ""}, shape by suggested ` +
      "outcome. The table below holds the same figures.", "scatter",
    ticks(0, most(yName)).map((at) => [line(left, y(at), right, y(at), "grid"),
      write(left - 8, y(at) + 4, format(at), "tick", "end")]),
    axis(x, 0, most(xName), base, left, right, tickFormat(0, most(xName))),
    write((left + right) / 2, height - 6, `${xLabel} \u2192`, "label"),
    s("text", { x: 0, y: 0, class: "label", "text-anchor": "middle",
                transform: `translate(14 ${(top + base) / 2}) rotate(-90)` }, `${yLabel} \u2192`),
    marks);
  };
  const box = h("div", { class: "scatterbox" });
  let width = 0;
  new ResizeObserver(([entry]) => {
    const next = Math.round(entry.contentRect.width);
    if (next < 200 || next === width) return;
    width = next;
    box.replaceChildren(draw(width));
  }).observe(box);
  const absent = rows.length - drawn.length;
  return h("figure", { class: "map" }, box, h("ul", { class: "legend" },
    h("li", null, "Suggested:"), kOutcomes.filter((o) => rows.some((row) => row.outcome === o)).map((o) => h("li", null,
      s("svg", { width: 20, height: 18, "aria-hidden": "true" }, shape(o, 10, 9, 6)), o))),
  h("figcaption", { class: "small" }, "Towards the upper right, averaging over values and over " +
    "people costs most", size ? "; larger marks: more uncertainty blindness" : "", ". ",
  absent ? `${plural(absent, "case")} with an unknown loss not drawn. ` : "",
  "Choose a mark to open its case in the table."));
}

// group x dimension for one case, one block an option.
function heatBlock(map, picked) {
  const place = (x) => Math.max(0, Math.min(10, Math.round(x * 10)));
  const cell = (c, group, dimension) => {
    if (!c || c.state === "insufficient" || !known(c.mean)) {
      const n = c ? c.n : 0;
      return h("td", { class: "heat few", "data-tip": `${group}, ${dimension}: ` +
        `${plural(n, "judgment")}, too few to say anything.` },
      h("span", { class: "fewtext" }, `n=${int(n)}: ${n ? "too few" : "none"}`));
    }
    const pooled = c.state === "pooled";
    return h("td", { class: `heat h${place(c.mean)}${pooled ? " borrowed" : ""}`,
      "data-tip": `${group}, ${dimension}: mean utility ${dec(c.mean)}` +
        (c.interval ? `, between ${range(c.interval)} with 90 % probability` : "") +
        `, from ${plural(c.n, "judgment")}${pooled ? ", resting mostly on everybody\u2019s " +
        "judgments" : ""}.` },
    h("b", null, dec(c.mean)), h("span", { class: "sub" },
      range(c.interval, (v) => dec(v)) || "no interval"),
    h("span", { class: "sub" }, `n=${int(c.n)}${pooled ? ", pooled" : ""}`));
  };
  const options = list(map.options);
  const best = Math.max(...options.map((option) => option.scalar));
  const pick = options.find((option) => option.id === picked) ||
    options.find((option) => option.scalar === best);
  return h("div", { class: "heatmap" }, options.map((option) => {
    const row = (name, cells, cls) => h("tr", { class: cls }, h("th", { scope: "row" }, name),
      list(map.dimensions).map((dimension, d) => cell(list(cells)[d], name, dimension)));
    const table = h("table", { class: "heattable" },
      h("caption", null, h("b", null, option.id), option === pick &&
        options.length > 1 ? " \u2014 the scalar\u2019s pick" : "", `, scalar ` +
        dec(option.scalar), option.text ? h("span", { class: "optiontext" }, option.text) : null),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, map.attribute),
        list(map.dimensions).map((d) => h("th", { scope: "col" }, d)))),
      h("tbody", null, row("Everybody", option.pooled, "everybody"),
        list(map.groups).map((group, g) => row(group, list(option.cells)[g]))));
    table.style.setProperty("--columns", list(map.dimensions).length);
    armKeys(table);
    return h("div", { class: "scroll", role: "region",
                      "aria-label": `Groups by dimensions for option ${option.id}` }, table);
  }));
}
const heatLegend = () => h("p", { class: "heatlegend" }, "Utility: 0 ",
  h("span", { class: "ramp", "aria-hidden": "true" }, [...Array(11).keys()].map((i) =>
    h("i", { class: `h${i}` }))), " 1; ", h("i", { class: "heat few key" }), " too few judgments");

function caseDetail(row, maps) {
  const loss = (name) => [kMeasures[name][0], meanOf(row[name]) === null ? kUnknown
    : dec(meanOf(row[name]), 3) + (row[name].interval
      ? ` (${range(row[name].interval, (v) => dec(v, 3))})` : ""), why(name)];
  const own = maps.filter((map) => map.case_id === row.id);
  return h("div", { class: "casedetail" },
    h("p", { class: "casetext" }, row.text || "(no text)"),
    list(row.context).length ? h("p", { class: "small" }, row.context.join(" \u00b7 ")) : null,
    facts([
      ["Scalar\u2019s pick", row.pick || kUnknown, why("scalar")],
      ["Support of the pick", percent(row.pick_support),
        "Posterior probability that the pick is really the option with the largest scalar."],
      loss("flattening"), loss("representation"), loss("blindness"),
      row.worst_dimension ? ["Pick is worst on", row.worst_dimension,
        "The dimension on which the pick falls furthest behind the best option."] : null,
      row.worst_group ? ["Pick is worst for", row.worst_group,
        "The group for which the pick falls furthest behind its best option."] : null,
    ]),
    h("ul", { class: "plain signals" }, kSignals.map(([name, letter, words]) => {
      const signal = row[name] || {};
      return h("li", null, h("b", null, `${letter}, ${words}: `), chip(signal.state || "unknown"),
        " ", prose(signal.evidence), known(signal.q) ? ` (${pIs("q", signal.q)})` : "");
    }), h("li", null, h("b", null, `Suggested: ${row.outcome}. `),
      kOutcomeWords[row.outcome] || "")),
    own.length ? [heatLegend(), own.map((map, i) => (own.length > 1
      ? folded(`By ${map.attribute}`, heatBlock(map, row.pick), i === 0) : [h("h3", null,
        `By ${map.attribute}`), heatBlock(map, row.pick)]))]
      : h("p", { class: "note" }, "Group by dimension is drawn for the top cases only; for this " +
        "one run ", h("code", null, `edgewise show ${row.id}`), "."));
}

function showCases(audit) {
  const rows = list(audit.cases), maps = list(audit.heat_maps);
  const ids = new Map(rows.map((row, index) => [row, index + 1]));
  const mapped = new Set(maps.map((map) => map.case_id));
  const lead = "Where one number misleads, case by case, largest loss first. Open a case to see " +
    "its options by group and dimension.";
  if (!rows.length) {
    return section("cases", "Edge map of cases", lead, nothing("No case has options that could " +
      "be compared, so no loss can be shown case by case."));
  }
  const loss = (name, label) => ({ label, number: true, tip: why(name),
    value: (row) => meanOf(row[name]), cell: (row) => (meanOf(row[name]) === null ? kUnknown
      : [dec(meanOf(row[name]), 3), h("span", { class: "sub" },
        range(row[name].interval, (v) => dec(v, 3)))]) });
  const order = { on: 0, unknown: 1, off: 2 };
  const table = makeTable({
    caption: "Cases, with the three losses and the signals", rows, limit: 20, sortable: true,
    cls: "cases", idOf: (row) => rowId(ids, row), openFirst: mapped.size
      ? rows.find((row) => mapped.has(row.id)) || false : false,
    detail: { name: (row) => row.id, content: (row) => caseDetail(row, maps) },
    columns: [
      { label: "Case", value: (row) => row.id, cell: (row) => [h("b", { class: "caseid" },
        row.id), h("span", { class: "sub clip" }, row.text),
      mapped.has(row.id) ? h("span", { class: "sub" }, "\u25a6 heat map inside") : null] },
      { label: "Raters", number: true, tip: "Raters of this case; below, its judgments and " +
          "options.", value: (row) => row.raters, cell: (row) => [int(row.raters), h("span",
        { class: "sub" }, `${plural(row.judgments, "judgment")}, ` +
          plural(row.options, "option"))] },
      { label: "Scalar\u2019s pick", tip: why("scalar") + " Below: how sure it is to be the best.",
        value: (row) => row.pick_support, cell: (row) => [row.pick || kUnknown, h("span",
          { class: "sub" }, known(row.pick_support) ? `${percent(row.pick_support)} support`
            : "support not known")] },
      loss("flattening", "Flattening"), loss("representation", "Representation"),
      loss("blindness", "Blindness"),
      ...kSignals.map(([name, letter, words]) => ({ label: letter, long: `${letter}: ${words}`,
        tip: `${letter}: ${words}. ${why("signals")}`,
        value: (row) => order[row[name]?.state] ?? 1,
        tipOf: (row) => row[name]?.evidence || null,
        cell: (row) => chip(row[name]?.state || "unknown") })),
      { label: "Suggested", tip: why("outcome"), value: (row) => kOutcomes.indexOf(row.outcome),
        tipOf: (row) => kOutcomeWords[row.outcome] || null, cell: (row) => row.outcome },
    ] });
  const columns = table.api.columns;
  const options = (pairs) => pairs.map(([value, label]) => h("option", { value }, label));
  const control = (label, node) => h("label", { class: "control" }, h("span", null, label), node);
  const search = h("input", { type: "search", placeholder: "words in the text or context" });
  const picks = [...kSignals.map(([name, letter, words]) => [name, `${letter}: ${words}`,
    ["on", "off", "unknown"], (row) => row[name]?.state || "unknown"]),
  ["outcome", "Suggested", kOutcomes, (row) => row.outcome]].map(([, label, states, of]) => {
    const select = h("select", null, options([["", "any"], ...states.map((x) => [x, x])]));
    return { label, of, select };
  });
  const sorter = h("select", null, options([["", "largest loss first"], ...columns.map((c, i) =>
    [String(i), c.label])]));
  const status = h("p", { class: "status", role: "status" });
  table.ondraw = (shown, matching) => {
    status.textContent = `${int(shown)} of ${plural(matching, "matching case")} shown; ` +
      `${int(rows.length)} listed of ${int(audit.cases_total || rows.length)} in the data.`;
  };
  const text = new Map(rows.map((row) => [row, [row.id, row.text, ...list(row.context), row.pick,
    row.worst_dimension, row.worst_group].join(" ").toLowerCase()]));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    table.api.set(rows.filter((row) => words.every((word) => text.get(row).includes(word)) &&
      picks.every(({ select, of }) => !select.value || of(row) === select.value)));
  };
  search.addEventListener("input", apply);
  picks.forEach(({ select }) => select.addEventListener("change", apply));
  sorter.addEventListener("change", () => {
    if (sorter.value) table.api.sortBy(Number(sorter.value), columns[sorter.value].number);
    else { table.api.sortBy(null); }
  });
  const choose = (row) => {
    search.value = "";
    picks.forEach(({ select }) => { select.value = ""; });
    table.api.set(rows);
    table.api.reveal(row);
    const at = document.getElementById(rowId(ids, row));
    at.scrollIntoView({ block: "start",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    at.querySelector(".opener").focus({ preventScroll: true });
  };
  table.api.set(rows);
  return section("cases", "Edge map of cases", lead, scatter(rows, choose),
    h("form", { class: "controls", role: "search", "aria-label": "Filter the cases",
                onsubmit: (event) => event.preventDefault() },
    control("Search", search), picks.map(({ label, select }) => control(label, select)),
    control("Sort by", sorter)), status, table);
}
