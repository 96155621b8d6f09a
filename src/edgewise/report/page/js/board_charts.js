// Pictures of a leaderboard: strengths with their intervals, who beat whom, what the model expects.

const rankText = (row) => (known(row.rank) ? int(row.rank) : "\u2013");
const surely = (row) => (!known(row.rank_low) ? "\u2013"
  : row.rank_low === row.rank_high ? int(row.rank_low)
    : `${int(row.rank_low)}\u2013${int(row.rank_high)}`);
const cutName = (text, most) => (text.length <= most ? text
  : `${text.slice(0, Math.ceil(most * 0.6))}\u2026${text.slice(-Math.floor(most * 0.4) + 1)}`);

// One line a contender, by rank: name, strength with its interval, the ranks that are possible.
// A thin line under a contender says that it is told apart from the next. On a narrow screen names
// stand above the marks.
function strengthPlot(rows, level, label) {
  const ranked = rows.filter((row) => known(row.strength));
  if (!ranked.length) return null;
  return [widePlot(ranked, level, label), narrowPlot(ranked, level, label)];
}

function narrowPlot(ranked, level, label) {
  const step = 40, top = 24, width = 328, left = 6, right = 322;
  const base = top + ranked.length * step;
  const [low, high] = span(ranked.flatMap((row) => [row.strength,
    row.interval && row.interval.low, row.interval && row.interval.high]), 0.03);
  const x = scale(low, high, left, right);
  return picture(width, base + 24, `${label}, by rank, with the ranks that are possible; the ` +
    "same figures are in the table.", "strengthplot onnarrow",
  write(left, 12, `strength, ${percent(level)} interval`, "tick", "start"),
  write(right, 12, "surely", "tick", "end"),
  ticks(low, high, 4).map((at) => line(x(at), top - 4, x(at), base, "grid")),
  ranked.map((row, i) => {
    const y = top + i * step;
    return s("g", { "data-tip": rowTip(row, level) },
      s("rect", { x: 0, y, width, height: step, class: "hit" }),
      write(left, y + 13, `${rankText(row)}. ${cutName(row.name, 36)}`,
        row.state === "insufficient" ? "label soft" : "label", "start"),
      write(right, y + 13, surely(row), "label", "end"),
      estimate(x, y + 26, row.strength, row.interval, row.state === "observed" ? "mark" : "plain"),
      row.apart_from_next ? line(0, y + step - 2, width, y + step - 2, "step") : null);
  }),
  axis(x, low, high, base, left, right, tickFormat(low, high), 4));
}

function widePlot(ranked, level, label) {
  const step = 24, top = 34, width = 720, left = 214, right = 640;
  const height = top + ranked.length * step + 44;
  const [low, high] = span(ranked.flatMap((row) => [row.strength,
    row.interval && row.interval.low, row.interval && row.interval.high]), 0.03);
  const x = scale(low, high, left, right);
  const base = top + ranked.length * step + 6;
  const words = `${label}: ` + ranked.slice(0, 12).map((row) => `${rankText(row)}. ${row.name}, ` +
    `strength ${dec(row.strength)} (${range(row.interval) || "no interval"}), possible ranks ` +
    `${surely(row)}`).join("; ") + (ranked.length > 12 ? "; and so on." : ".");
  return picture(width, height, words, "strengthplot onwide",
    write(left - 8, 16, "rank, contender", "tick", "end"),
    write((left + right) / 2, 16, `strength, ${percent(level)} interval`, "tick"),
    write(width - 4, 16, "surely", "tick", "end"),
    ticks(low, high, 6).map((at) => line(x(at), top - 6, x(at), base, "grid")),
    ranked.map((row, i) => {
      const y = top + i * step + 8;
      const cls = row.state === "observed" ? "mark" : "plain";
      return s("g", { "data-tip": rowTip(row, level) },
        s("rect", { x: 0, y: y - step / 2, width, height: step, class: "hit" }),
        write(left - 8, y + 4, `${rankText(row)}. ${cutName(row.name, 27)}`,
          row.state === "insufficient" ? "label soft" : "label", "end"),
        estimate(x, y, row.strength, row.interval, cls),
        write(width - 4, y + 4, surely(row), "label", "end"),
        row.apart_from_next ? line(4, y + step / 2, width - 4, y + step / 2, "step") : null);
    }),
    axis(x, low, high, base, left, right, tickFormat(low, high), 6));
}

function rowTip(row, level) {
  return `${row.name}: strength ${dec(row.strength)} logits` +
    (row.interval ? `, ${percent(level)} interval ${range(row.interval)}` : "") +
    `. Rank ${rankText(row)}, possible ${surely(row)}. First in ${percent(row.p_best)} of the ` +
    `draws. ${plural(row.comparisons, "comparison")} by ${plural(row.raters, "rater")}: ` +
    `${int(row.wins)} won, ${int(row.ties)} tied, ${int(row.losses)} lost.` +
    (row.why ? ` ${sentence(row.why)}.` : "");
}

// Share of points as a colour: eleven steps from lost to won.
const heatOf = (share) => Math.max(0, Math.min(10, Math.round(share * 10)));

function crossTable(cross) {
  const names = list(cross && cross.names), rows = list(cross && cross.rows);
  if (names.length < 2) return null;
  const head = names.map((name, j) => h("th", { scope: "col", "data-tip": name, tabindex: "0" },
    int(j + 1)));
  const cellOf = (meeting, i, j) => {
    if (i === j) return h("td", { class: "same" }, "\u00b7");
    const met = meeting.n > 0, share = met ? (meeting.wins + meeting.ties / 2) / meeting.n : null;
    const words = (met ? `${names[i]} against ${names[j]}: ${int(meeting.wins)} won, ` +
      `${int(meeting.ties)} tied, ${int(meeting.n - meeting.wins - meeting.ties)} lost; ` +
      `${percent(share)} of points` : `${names[i]} never met ${names[j]}`) +
      `; the model expects ${percent(meeting.expected)}.`;
    return h("td", { class: met ? `heat h${heatOf(share)}` : "heat few", tabindex: "-1",
                     "data-tip": words },
    met ? h("b", null, int(share * 100)) : h("span", { class: "fewtext" }, "\u2013"),
    h("span", { class: "sub" }, met ? `n ${int(meeting.n)}` : ""));
  };
  return h("div", { class: "tablebox" }, h("div", { class: "scroll", role: "region",
                                                    "aria-label": "Who beat whom", tabindex: "0" },
  h("table", { class: "crosstable" },
      h("caption", null, "Points of the row in a hundred against the column (a win 1, a tie " +
        "\u00bd), and comparisons. Columns are numbered as the rows."),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "contender"), head)),
      h("tbody", null, rows.map((row, i) => h("tr", null,
        h("th", { scope: "row" }, `${int(i + 1)}. ${names[i]}`),
        row.map((meeting, j) => cellOf(meeting, i, j))))))));
}

// Chance to be first, as bars: only contenders that have one.
function bestPlot(rows, label) {
  const some = rows.filter((row) => known(row.p_best) && row.p_best >= 0.005)
    .sort((a, b) => b.p_best - a.p_best).slice(0, 15);
  if (!some.length) return null;
  const step = 22, width = 460, left = 190, right = 400;
  const x = scale(0, 1, left, right);
  const words = `${label}: ` + some.map((row) =>
    `${row.name} ${percent(row.p_best)}`).join(", ") + ".";
  return picture(width, some.length * step + 10, words, "bestplot", some.map((row, i) => {
    const y = 6 + i * step;
    return [write(left - 8, y + 13, cutName(row.name, 24), "label", "end"),
      s("rect", { x: left, y: y + 2, width: Math.max(1, x(row.p_best) - left), height: 14,
                  class: "p-item" }),
      write(x(row.p_best) + 6, y + 13, percent(row.p_best), "label", "start")];
  }));
}

// Observed against expected share of points of the favourite; on the line the model is right.
function fitPlot(fit, label) {
  const bins = list(fit.bins);
  if (!bins.length) return null;
  const width = 340, height = 230, left = 46, right = 328, top = 12, base = 186;
  const low = Math.min(0.4, ...bins.flatMap((b) => [b.observed, b.interval && b.interval.low])
    .filter(known));
  const x = scale(0.5, 1, left, right), y = scale(low, 1, base, top);
  const words = `${label}: ` + bins.map((b) => `expected ${percent(b.expected)}, observed ` +
    `${percent(b.observed)}` + (b.interval ? ` (${range(b.interval, percent)})` : "") +
    ` in ${plural(b.n, "comparison")}`).join("; ") + ".";
  return picture(width, height, words, "fitplot",
    ticks(low, 1, 4).map((at) => [line(left, y(at), right, y(at), "grid"),
      write(left - 6, y(at) + 4, percent(at), "tick", "end")]),
    [0.5, 0.6, 0.7, 0.8, 0.9, 1].map((at) => write(x(at), base + 16, percent(at), "tick")),
    line(x(0.5), y(0.5), x(1), y(1), "nullmean"),
    bins.map((b) => [b.interval ? line(x(b.expected), y(b.interval.low), x(b.expected),
      y(b.interval.high), "whisker mark") : null,
    s("circle", { cx: x(b.expected), cy: y(b.observed), r: b.interval ? 4.5 : 3,
                  class: "dot mark" })]),
    line(left, base, right, base, "axis"),
    write((left + right) / 2, base + 34, "share of points that the model expects", "tick"));
}
