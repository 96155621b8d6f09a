// Elements, numbers and explanations. All text from the data enters the page as text nodes or
// attribute values, never as markup.

const SVG = "http://www.w3.org/2000/svg";  // a name, not an address: nothing is fetched

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}
const h = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

const list = (value) => (Array.isArray(value) ? value : []);
const known = (x) => typeof x === "number" && Number.isFinite(x);
const kUnknown = "not known";
const kThin = "\u202f";

// --- numbers as people write them ---

function dec(x, places = 2) {
  if (!known(x)) return kUnknown;
  const text = Math.abs(x).toFixed(places);
  return x < 0 && Number(text) !== 0 ? "\u2212" + text : text;
}
const int = (x) => (known(x) ? Math.round(x).toLocaleString("en-GB") : kUnknown);
const short = (x) => (known(x) && Number.isInteger(x) ? int(x) : dec(x, 1));
function percent(x) {
  if (!known(x)) return kUnknown;
  if (x > 0 && x < 0.0005) return `under 0.1${kThin}%`;
  return `${dec(x * 100, 1).replace(/\.0$/, "")}${kThin}%`;
}
function pValue(p) {
  if (!known(p)) return kUnknown;
  if (p < 0.001) return "under 0.001";
  return dec(p, p < 0.1 ? 3 : 2);
}
const pIs = (name, p) => `${name} ${known(p) && p < 0.001 ? "" : "= "}${pValue(p)}`;
// Three figures for numbers of unknown size (variances, ratios).
function figures(x) {
  if (!known(x)) return kUnknown;
  const size = Math.abs(x);
  if (size >= 1000) return int(x);
  return dec(x, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 3 : 4);
}
// A ratio near 1: always three decimals, so that columns compare.
const ratioText = (x) => dec(x, 3);
const range = (interval, format = dec) =>
  interval && known(interval.low) && known(interval.high)
    ? `${format(interval.low)} to ${format(interval.high)}` : null;
const kPlurals = { person: "people", "pair of options": "pairs of options",
                   category: "categories" };
const plural = (n, one, many) =>
  `${int(n)} ${n === 1 ? one : many || kPlurals[one] || one + "s"}`;
// A number and its per cent sign stay on one line.
const prose = (text) => (text || "").replace(/(\d) %/g, `$1${kThin}%`);
const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");

// --- verdicts: always a sign and a word, never colour alone ---

const kVerdicts = {
  shown: ["\u25cf", "Shown"], not_shown: ["\u25cb", "Not shown"],
  cannot_tell: ["?", "Cannot tell"], caution: ["!", "Caution"],
  yes: ["\u2713", "Yes"], weak: ["~", "Weakly"], no: ["\u2715", "No"],
  on: ["\u25cf", "on"], off: ["\u25cb", "off"], unknown: ["?", "unknown"],
};
// Which verdict comes first where several stand for one thing.
const rankOf = ({ verdict }) =>
  ({ shown: 0, caution: 1, not_shown: 2, cannot_tell: 3 })[verdict] ?? 4;
function chip(state, tip, label) {
  const [sign, word] = kVerdicts[state] || ["\u00b7", state || kUnknown];
  return h("span", { class: `chip is-${kVerdicts[state] ? state : "other"}`, "data-tip": tip },
    h("span", { class: "sign", "aria-hidden": "true" }, sign), label || word);
}

// A number that explains itself: hover, focus or tap.
const num = (text, tip, cls) =>
  h("span", { class: "num" + (cls ? " " + cls : ""), tabindex: tip ? "0" : null,
              "data-tip": tip }, text);

// --- sections and the table of contents ---

const contents = [];
function section(id, title, lead, ...children) {
  contents.push([id, title]);
  return h("section", { id, "aria-labelledby": id + "-title" },
    h("h2", { id: id + "-title" }, title), lead ? h("p", { class: "lead" }, lead) : null,
    children);
}
const nothing = (...text) => h("p", { class: "nothing" }, text);
function folded(summary, content, open, cls) {
  return h("details", { open, class: cls }, h("summary", null, summary), content);
}
const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(Boolean).map(
  ([name, value, tip]) => h("div", null, h("dt", null, name), h("dd", null, num(value, tip)))));

// --- explanations ---

const tip = document.getElementById("tip");
let tipFor = null;

function hideTip() {
  if (tipFor) tipFor.removeAttribute("aria-describedby");
  tipFor = null;
  tip.hidden = true;
}
// A cell speaks for the explained thing inside it.
const explained = (node) => (node.matches("[data-tip]") ? node
  : node.matches("td, th") ? node.querySelector("[data-tip]") : null);
function showTip(target, x, y) {
  if (tipFor && tipFor !== target) tipFor.removeAttribute("aria-describedby");
  tipFor = target;
  tip.textContent = explained(target).dataset.tip;
  tip.hidden = false;
  target.setAttribute("aria-describedby", "tip");
  const at = target.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const middle = x === undefined ? at.left + Math.min(at.width, 240) / 2 : x;
  const left = Math.max(8, Math.min(middle - size.width / 2,
    document.documentElement.clientWidth - size.width - 8));
  const top = y === undefined ? at.top : Math.max(at.top, y - 12);
  const bottom = y === undefined ? at.bottom : Math.min(at.bottom, y + 12);
  tip.style.left = `${left}px`;
  tip.style.top = `${top > size.height + 12 ? top - size.height - 8 : bottom + 8}px`;
}
function watchTips() {
  const carrier = (event) =>
    event.target instanceof Element ? event.target.closest("[data-tip]") : null;
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || tip.contains(event.target)) return;
    const target = carrier(event);
    if (target) showTip(target, event.clientX, event.clientY);
    else if (tipFor !== document.activeElement) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const target = event.target;
    if (explained(target) && target.matches(":focus-visible")) showTip(target);
    else if (tipFor && !target.contains(tipFor)) hideTip();
  });
  document.addEventListener("focusout", hideTip);
  document.addEventListener("click", (event) => {
    const target = carrier(event);
    if (target) showTip(target);
    else hideTip();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
  });
  document.addEventListener("scroll", () => {
    if (tipFor && tipFor === document.activeElement) showTip(tipFor);  // follows the keyboard
    else hideTip();
  }, { passive: true, capture: true });
}
