// Pictures of raters: alpha with two intervals, the map of raters, change with time. Words that
// name flags are here, too, since the pictures need them.

const kFlags = {
  disagrees: ["disagrees", "agrees less with the others than those do with each other"],
  gives_higher: ["gives higher", "gives higher values than the others on the same items"],
  gives_lower: ["gives lower", "gives lower values than the others on the same items"],
  drifts: ["drifts", "changes from the first to the last judgment"],
  straight_lining: ["repeats", "repeats one answer more than others do on the same items"],
  too_fast: ["too fast", "goes from item to item faster than is credible"],
  duplicates_another: ["duplicate", "gives the answers of another rater"],
};
const flagWord = (flag) => (kFlags[flag] || [flag])[0];
const flagText = (flag) => (kFlags[flag] || [flag, flag])[1];
const flagged = (row) => list(row.flags).length > 0;

// One line a value: the interval over raters and items above, that over items alone below it.
function alphaPlot(dimensions) {
  const rows = dimensions.filter((d) => known(d.alpha));
  if (!rows.length) return null;
  const width = 340, step = 44, top = 22, left = 10, right = 330;
  const height = top + rows.length * step + 30;
  const ends = rows.flatMap((d) => [d.alpha, d.alpha_interval && d.alpha_interval.low,
    d.alpha_items_only && d.alpha_items_only.low]).filter(known);
  const low = Math.max(-1, Math.min(0, ...ends)), high = 1;
  const x = scale(low, high, left, right);
  const words = rows.map((d) => `${d.name}: ${dec(d.alpha)}` +
    (d.alpha_interval ? `, over raters and items ${range(d.alpha_interval)}` : "") +
    (d.alpha_items_only ? `, over items alone ${range(d.alpha_items_only)}` : "")).join("; ");
  const base = height - 26;
  return picture(width, height, `Krippendorff's alpha by value. ${words}.`, "alphaplot",
    [0, 0.667, 0.8].map((at) => line(x(at), top - 6, x(at), base, at ? "grid" : "axis")),
    write(x(0.667), top - 10, "0.667", "tick", "end"), write(x(0.8), top - 10, "0.8", "tick", "start"),
    rows.map((d, i) => {
      const y = top + i * step + 26;
      const only = d.alpha_items_only;
      return [write(left, y - 12, d.name.length > 44 ? d.name.slice(0, 43) + "\u2026" : d.name,
        "label", "start"),
      only ? line(x(only.low), y + 8, x(only.high), y + 8, "nullrange") : null,
      estimate(x, y, d.alpha, d.alpha_interval, d.state === "observed" ? "mark" : "plain")];
    }), axis(x, low, high, base, left, right, (at) => dec(at)));
}

// Every rater of one value: how far they agree beside others, against how high they answer (or
// whether the model finds them right, where answers have no order). Size: items judged.
function raterMap(rows, dimension) {
  const ordered = rows.some((row) => known(row.severity.value));
  const across = (row) => (ordered ? row.severity.value : row.accuracy.value);
  const points = rows.filter((row) => known(row.agreement.value) && known(across(row)));
  if (points.length < 2) return null;
  const width = 340, height = 300, left = 44, right = 330, top = 14, base = 252;
  const xs = points.map(across), ys = points.map((row) => row.agreement.value);
  const [xl, xh] = span(ordered ? [...xs, 0] : xs), [yl, yh] = span(ys);
  const x = scale(xl, xh, left, right), y = scale(yl, yh, base, top);
  const most = Math.max(...points.map((row) => row.n));
  const size = (row) => 3 + 7 * Math.sqrt(row.n / most);
  const acrossWords = ordered ? "higher or lower than others" : "right by the model of raters";
  const own = points.filter(flagged);
  const words = `Map of ${plural(points.length, "rater")} on ${dimension}: across, ${acrossWords}` +
    `; upwards, share of others who gave the same answer; size, items judged. ` +
    (own.length ? `Standing out: ${own.slice(0, 12).map((row) => `${row.rater} (` +
      `${row.flags.map(flagWord).join(", ")})`).join("; ")}.` : "Nobody stands out.");
  return picture(width, height, words, "ratermap",
    ticks(yl, yh, 4).filter((at) => at >= yl && at <= yh).map((at) => [
      line(left, y(at), right, y(at), "grid"),
      write(left - 6, y(at) + 4, dec(at), "tick", "end")]),
    ordered && xl < 0 && xh > 0 ? line(x(0), top, x(0), base, "axis") : null,
    axis(x, xl, xh, base, left, right, tickFormat(xl, xh)),
    [...points].sort((a, b) => flagged(a) - flagged(b) || b.n - a.n).map((row) => {
      const text = `${row.rater}: ${plural(row.n, "item")}, agreement ${dec(row.agreement.value)}` +
        (known(row.others_agreement) ? ` (others with each other ${dec(row.others_agreement)})`
          : "") + (ordered ? `, ${dec(across(row))} against others`
        : `, right in ${percent(across(row))} by the model`) +
        (flagged(row) ? `; ${row.flags.map(flagText).join("; ")}` : "");
      const node = shape(row.kind !== "person" ? "options" : flagged(row) ? "escalate" : "answer",
        x(across(row)), y(row.agreement.value), size(row));
      node.setAttribute("data-tip", text);
      return node;
    }),
    own.slice(0, 6).map((row) => {
      const end = x(across(row)) > 240;
      return write(x(across(row)) + (end ? -1 : 1) * (size(row) + 4), y(row.agreement.value) + 4,
        row.rater.length > 14 ? row.rater.slice(0, 13) + "\u2026" : row.rater, "label",
        end ? "end" : "start");
    }),
    write(left, top - 3, "agreement with the others", "tick soft", "start"),
    write((left + right) / 2, height - 6, acrossWords, "tick soft"));
}

// From first to last judgment, one line a rater who drifts.
function driftPlot(rows) {
  const part = (row) => (known(row.severity_drift.value) ? row.severity_drift
    : row.agreement_drift);
  const width = 340, left = 150, right = 330, step = 26, top = 10;
  const height = top + rows.length * step + 26, base = height - 24;
  const ends = rows.flatMap((row) => [part(row).value, part(row).interval &&
    part(row).interval.low, part(row).interval && part(row).interval.high, 0]).filter(known);
  const [low, high] = span(ends);
  const x = scale(low, high, left, right);
  const words = rows.map((row) => `${row.rater} ${dec(part(row).value)}` +
    (part(row).interval ? ` (${range(part(row).interval)})` : "")).join("; ");
  return picture(width, height, `Change from the first to the last judgment: ${words}.`, "drift",
    line(x(0), top, x(0), base, "axis"),
    rows.map((row, i) => {
      const y = top + i * step + 14;
      return [write(left - 8, y + 4, row.rater.length > 20 ? row.rater.slice(0, 19) + "\u2026"
        : row.rater, "label", "end"),
      estimate(x, y, part(row).value, part(row).interval, "mark")];
    }), axis(x, low, high, base, left, right, tickFormat(low, high)));
}
