// Where raters stand. Groups differ by the shape of their marks, by the dashes of their outline and
// by a letter at their middle; colour only repeats it.

const kGroupShapes = ["circle", "square", "triangle", "diamond", "cross"];
const groupClass = (g) => `grp grp${g % 5}`;

function groupMark(g, x, y, r) {
  const polygon = (points) => s("polygon", { class: groupClass(g),
    points: points.map(([dx, dy]) => `${(x + dx * r).toFixed(1)},${(y + dy * r).toFixed(1)}`)
      .join(" ") });
  switch (kGroupShapes[g % 5]) {
    case "square": return polygon([[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]]);
    case "triangle": return polygon([[0, -1.2], [1.1, 0.8], [-1.1, 0.8]]);
    case "diamond": return polygon([[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]);
    case "cross": return polygon([[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4],
      [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]]);
    default: return s("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r, class: groupClass(g) });
  }
}

// Corners of the smallest convex area around the points (Andrew's monotone chain).
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const chain = (list) => list.reduce((out, p) => {
    while (out.length > 1 && turn(out[out.length - 2], out[out.length - 1], p) <= 0) out.pop();
    out.push(p);
    return out;
  }, []);
  const low = chain(sorted), high = chain(sorted.reverse());
  return [...low.slice(0, -1), ...high.slice(0, -1)];
}

// The nine in ten members nearest to their middle.
function core(points) {
  const middle = [0, 1].map((k) => points.reduce((sum, p) => sum + p[k], 0) / points.length);
  const away = (p) => Math.hypot(p[0] - middle[0], p[1] - middle[1]);
  const near = [...points].sort((a, b) => away(a) - away(b));
  return near.slice(0, Math.max(3, Math.ceil(points.length * 0.9)));
}

// A few who voted little stand far out; they are drawn at the rim, so that the rest can be seen.
function rim(values) {
  const all = [...values].sort((a, b) => a - b);
  const at = (share) => all[Math.min(all.length - 1, Math.floor(share * all.length))];
  return span([at(0.01), at(0.99)], 0.1);
}

function mapPicture(report) {
  const map = report.map, groups = list(report.groups), points = list(map.points);
  const width = 460, height = 430, left = 44, right = 452, top = 8, base = 392;
  const [xl, xh] = rim(points.map((p) => p.x)), [yl, yh] = rim(points.map((p) => p.y));
  const x = scale(xl, xh, left, right), y = scale(yl, yh, base, top);
  const of = (g) => points.filter((p) => p.group === g);
  const sizes = groups.map((g) => `group ${g.name} with ${plural(g.raters, "rater")}`).join(", ");
  const label = `Map of ${plural(points.length, "rater")} by how they voted: ${sizes}. Those who ` +
    "vote alike stand together.";
  const outline = (g) => {
    const members = of(g).map((p) => [x(p.x), y(p.y)]);
    if (groups.length < 2 || members.length < 3) return null;
    return s("polygon", { class: `outline grp${g % 5}`,
      points: hull(core(members)).map((p) => p.map((c) => c.toFixed(1)).join(",")).join(" ") });
  };
  const size = points.length > 1200 ? 2.6 : points.length > 300 ? 3.4 : 4.6;
  return picture(width, height, label, "opinionmap",
    line(left, base, right, base, "axis"), line(left, top, left, base, "axis"),
    ticks(xl, xh).map((at) => [line(x(at), base, x(at), base + 4, "axis"),
      write(x(at), base + 17, tickFormat(xl, xh)(at), "tick")]),
    ticks(yl, yh).map((at) => [line(left - 4, y(at), left, y(at), "axis"),
      write(left - 6, y(at) + 4, tickFormat(yl, yh)(at), "tick", "end")]),
    groups.map((group, g) => outline(g)),
    points.map((p) => groupMark(p.group || 0, x(p.x), y(p.y), size)),
    groups.length > 1 ? groups.map((group, g) => {
      const members = of(g);
      if (!members.length) return null;
      const cx = x(group.x), cy = y(group.y);
      return s("g", { class: "groupname" }, s("circle", { cx, cy, r: 13 }),
        write(cx, cy + 6, group.name, "name"));
    }) : null,
    write((left + right) / 2, height - 4,
      `first component: ${percent(map.explained_x)} of the variety of votes`, "axisname"),
    s("text", { class: "axisname", "text-anchor": "middle",
      transform: `translate(10 ${(top + base) / 2}) rotate(-90)` },
      `second: ${percent(map.explained_y)}`));
}

const groupLegend = (report) => h("ul", { class: "legend" }, list(report.groups).map((group, g) =>
  h("li", null, s("svg", { width: 22, height: 18, "aria-hidden": "true" }, groupMark(g, 11, 9, 6)),
    h("span", null, h("b", null, group.name), ` ${plural(group.raters, "rater")}`))));

// Each group's share as a line of its own: dot, 95 % interval, and a ring where the groups were
// found without this statement.
function groupShares(report, row) {
  const groups = list(report.groups), shares = list(row.groups);
  const step = 19, width = 210, left = 22, right = 200, height = step * groups.length + 18;
  const x = scale(0, 1, left, right), base = step * groups.length + 2;
  const words = groups.map((group, g) => {
    const share = shares[g] || {};
    return `${group.name} ${percent(share.share)} of ${int(share.seen)}` +
      (known(share.held_out) ? `, held out ${percent(share.held_out)}` : "");
  }).join("; ");
  return picture(width, height, `Share that agrees: ${words}.`, "shares",
    [0, 0.5, 1].map((at) => [line(x(at), 0, x(at), base, "grid"),
      write(x(at), base + 13, percent(at), "tick")]),
    groups.map((group, g) => {
      const share = shares[g] || {}, y = step * g + 11;
      return [write(8, y + 4, group.name, "label"),
        known(share.share) ? estimate(x, y, share.share, share.interval, `mark grp${g % 5}`)
          : write(left + 4, y + 4, "nobody saw it", "tick", "start"),
        known(share.held_out) ? s("circle", { cx: x(share.held_out), cy: y, r: 5.5,
          class: "hollow" }) : null];
    }));
}

function showMap(report) {
  const map = report.map || {}, groups = list(report.groups);
  if (!list(map.points).length) {
    return section("map", "The map", null, nothing("Nobody takes part, so there is nobody to draw."));
  }
  return section("map", "The map",
    "Everybody who takes part, placed so that those who vote alike stand together. The outline " +
    "holds the nine in ten members nearest to the middle of their group.",
    h("figure", { class: "mapbox" }, mapPicture(report),
      groups.length > 1 ? groupLegend(report) : null),
    h("p", { class: "note" }, `Two components hold ${percent(map.explained_x + map.explained_y)} ` +
      "of the variety of votes; the rest is not on the map, so people who look alike here may " +
      "still differ. A few who voted little and stand far out are drawn at the rim.",
    map.left_out ? ` ${plural(map.left_out, "rater")} more are not drawn.` : "",
    map.converged ? "" : " The components had not settled when the search ended."));
}
