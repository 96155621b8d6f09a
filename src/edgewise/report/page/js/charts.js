// Figures, as SVG drawn from the numbers. Colours and patterns come from the style sheet by class;
// each figure says in its label what it shows, and the same numbers stand beside it as text.

function ticks(low, high, wanted = 4) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((x) => x >= raw);
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) out.push(i * step);
  return out;
}
const scale = (low, high, from, to) => (x) =>
  from + (high > low ? (Math.max(low, Math.min(high, x)) - low) / (high - low) : 0.5) * (to - from);
function span(values, pad = 0.06) {
  const all = values.filter(known);
  if (!all.length) return [0, 1];
  const low = Math.min(...all), high = Math.max(...all);
  const extra = high > low ? (high - low) * pad : Math.max(Math.abs(low) * 0.1, 0.01);
  return [low - extra, high + extra];
}
const line = (x1, y1, x2, y2, cls) => s("line", { x1, y1, x2, y2, class: cls });
const write = (x, y, text, cls, anchor) =>
  s("text", { x, y, class: cls, "text-anchor": anchor || "middle" }, text);
const picture = (width, height, label, cls, ...children) =>
  s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: cls,
             "aria-label": label }, children);

function axis(x, low, high, y, left, right, format, wanted) {
  return [line(left, y, right, y, "axis"), ticks(low, high, wanted).map((at) => [
    line(x(at), y, x(at), y + 4, "axis"), write(x(at), y + 16, format(at), "tick")])];
}
function tickFormat(low, high) {
  const step = (high - low) / 4;
  const places = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  return (at) => dec(at, places);
}

// A horizontal mark of one estimate: interval as a bar, estimate as a dot.
function estimate(x, y, mean, interval, cls) {
  return s("g", { class: cls }, interval ? [
    line(x(interval.low), y, x(interval.high), y, "whisker"),
    line(x(interval.low), y - 4, x(interval.low), y + 4, "whisker"),
    line(x(interval.high), y - 4, x(interval.high), y + 4, "whisker")] : null,
  known(mean) ? s("circle", { cx: x(mean), cy: y, r: 4.5, class: "dot" }) : null);
}

// The null as a small density, the observed value as a line with its interval above.
function nullPlot(test, label, format = figures) {
  const width = 340, height = 148, left = 10, right = 330, base = 118, top = 46;
  const counts = list(test.null && test.null.counts);
  const bins = counts.length;
  const [low, high] = span([bins ? test.null.low : null, bins ? test.null.high : null,
    test.observed, test.null_low, test.null_high,
    test.interval && test.interval.low, test.interval && test.interval.high]);
  const x = scale(low, high, left, right);
  const most = Math.max(1, ...counts);
  const width1 = bins ? (test.null.high - test.null.low) / bins : 0;
  const bars = counts.map((count, i) => {
    const from = x(test.null.low + i * width1), to = x(test.null.low + (i + 1) * width1);
    const tall = (base - top) * (count / most);
    return count ? s("rect", { x: from, y: base - tall, width: Math.max(1, to - from - 0.5),
                               height: tall, class: "nullbar" }) : null;
  });
  const at = x(test.observed);
  const anchor = at > 235 ? "end" : at < 105 ? "start" : "middle";
  const words = `${label}: observed ${format(test.observed)}` +
    (test.interval ? `, 95 % interval ${range(test.interval, format)}` : "") +
    `; under shuffled labels mean ${format(test.null_mean)}, central 95 % from ` +
    `${format(test.null_low)} to ${format(test.null_high)}; ${pIs("p", test.p)}.`;
  return picture(width, height, words, "nullplot", bars,
    line(x(test.null_low), base - 3, x(test.null_high), base - 3, "nullrange"),
    axis(x, low, high, base, left, right, tickFormat(low, high)),
    line(at, 30, at, base, "observed"), estimate(x, 30, test.observed, test.interval, "mark"),
    write(at, 17, `observed ${format(test.observed)}`, "label strong", anchor),
    write(x(test.null_mean), height - 2, `shuffled labels: ${format(test.null_mean)}`,
      "label soft", x(test.null_mean) > 250 ? "end" : x(test.null_mean) < 90 ? "start" : "middle"));
}

// Flip rates at each least number of judgments: dot against the band of the null.
function flipPlot(flips, label) {
  const width = 340, height = 148, left = 44, right = 330, top = 14, base = 112;
  const rates = flips.map((flip) => flip.rate);
  const high = Math.max(0.02, ...rates.flatMap((r) =>
    [r.observed, r.null_high, r.interval ? r.interval.high : 0]).filter(known)) * 1.08;
  const y = scale(0, high, base, top);
  const step = (right - left) / Math.max(1, flips.length);
  const words = flips.map((flip) => `with at least ${plural(flip.least, "judgment")} a group ` +
    `${percent(flip.rate.observed)} of ${plural(flip.rate.n, "item")}, shuffled ` +
    `${percent(flip.rate.null_low)} to ${percent(flip.rate.null_high)}`).join("; ");
  return picture(width, height, `${label}: ${words}.`, "flipplot",
    ticks(0, high, 3).map((at) => [line(left, y(at), right, y(at), "grid"),
      write(left - 6, y(at) + 4, percent(at), "tick", "end")]),
    flips.map((flip, i) => {
      const middle = left + step * (i + 0.5), rate = flip.rate, half = Math.min(16, step * 0.3);
      const up = Math.min(y(rate.null_high), y(rate.null_low) - 2);
      return [s("rect", { x: middle - half, y: up, width: half * 2,
                          height: y(rate.null_low) - up, class: "band" }),
        line(middle - half, y(rate.null_mean), middle + half, y(rate.null_mean), "nullmean"),
        rate.interval ? line(middle, y(rate.interval.low), middle, y(rate.interval.high),
          "whisker mark") : null,
        s("circle", { cx: middle, cy: y(rate.observed), r: 4.5, class: "dot mark" }),
        write(middle, base + 16, `\u2265 ${int(flip.least)}`, "tick"),
        write(middle, base + 30, int(rate.n), "tick soft")];
    }),
    line(left, base, right, base, "axis"), write(left - 6, base + 16, "n", "tick", "end"),
    write(left - 6, base + 30, "items", "tick soft", "end"));
}

// Observed with interval over the null's band, in one line of a table.
function strip(test, low, high, label, format = figures) {
  const width = 220, x = scale(low, high, 6, width - 6);
  const from = x(test.null_low), to = x(test.null_high);
  return picture(width, 26, label, "strip", line(6, 13, width - 6, 13, "grid"),
    s("rect", { x: from, y: 5, width: Math.max(2, to - from), height: 16, class: "band" }),
    line(x(test.null_mean), 5, x(test.null_mean), 21, "nullmean"),
    estimate(x, 13, test.observed, test.interval, "mark"));
}

const kParts = [["item", "items", "p-item", "Items"],
  ["rater", "raters\u2019 severity", "p-rater", "Raters"],
  ["item_by_group", "item \u00d7 group", "p-group", "Item \u00d7 group"],
  ["residual", "rest: noise and taste", "p-rest", "Rest"]];

function stack(components, label) {
  const width = 320, height = 26;
  const total = kParts.reduce((sum, [name]) => sum + Math.max(0, components[name] || 0), 0);
  let at = 0;
  return picture(width, height, label, "stack", kParts.map(([name, , cls]) => {
    const size = total > 0 ? (Math.max(0, components[name] || 0) / total) * width : 0;
    at += size;
    return size > 0 ? [s("rect", { x: at - size, y: 2, width: Math.max(size, 1), height: 22,
                                   class: cls }),
      size > 38 ? write(at - size / 2, 17, percent(size / width), `inbar ${cls}-text`) : null]
      : null;
  }));
}
const partsLegend = () => h("ul", { class: "legend" }, kParts.map(([, name, cls]) => h("li", null,
  s("svg", { width: 22, height: 14, "aria-hidden": "true" },
    s("rect", { x: 0, y: 0, width: 22, height: 14, class: cls })), name)));

// Hatching for the parts, so that they can be told apart without colour.
const patterns = () => s("svg", { class: "patterns", width: 0, height: 0, "aria-hidden": "true" },
  s("defs", null,
    s("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
                   patternTransform: "rotate(45)" },
      s("rect", { width: 6, height: 6, class: "hatch-ground" }),
      s("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch-line" })),
    s("pattern", { id: "dots", width: 6, height: 6, patternUnits: "userSpaceOnUse" },
      s("rect", { width: 6, height: 6, class: "dots-ground" }),
      s("circle", { cx: 3, cy: 3, r: 0.9, class: "dots-dot" }))));

// Outcomes differ by shape as well as by colour.
function shape(outcome, x, y, r) {
  const at = (points) => points.map(([dx, dy]) => `${x + dx * r},${y + dy * r}`).join(" ");
  const polygon = (points) => s("polygon", { points: at(points), class: `point o-${outcome}` });
  switch (outcome) {
    case "options": return polygon([[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]]);
    case "ask": return polygon([[0, -1.15], [1.1, 0.85], [-1.1, 0.85]]);
    case "abstain": return polygon([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]);
    case "escalate": return polygon([[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4],
      [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4],
      [-0.4, -0.4]]);
    default: return s("circle", { cx: x, cy: y, r, class: "point o-answer" });
  }
}
