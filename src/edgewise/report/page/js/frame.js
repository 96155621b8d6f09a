// What every page has: contents, printing, and the order of its sections.

// What it all means, most important first: { verdict, title, text, next }. `over` says, where
// given, what stands beside a finding's verdict.
function findingsSection(all, over = () => "") {
  const tally = ["shown", "not_shown", "cannot_tell", "caution"].map((verdict) =>
    [verdict, all.filter((finding) => finding.verdict === verdict).length]);
  const card = (finding) => h("li", { class: `finding is-${finding.verdict}` },
    h("p", { class: "over" }, chip(finding.verdict),
      h("span", { class: "axisname" }, over(finding))),
    h("h3", null, prose(finding.title)), h("p", null, prose(finding.text)),
    finding.next ? h("p", { class: "next" }, h("strong", null, "What to do next: "),
      prose(finding.next)) : null);
  const first = all.slice(0, 8), rest = all.slice(8);
  return section("findings", "Findings", null,
    all.length ? h("p", { class: "tally" }, tally.filter(([, n]) => n).map(([verdict, n]) =>
      h("span", null, chip(verdict), ` ${int(n)}`))) : nothing("There is no finding: see below " +
      "what these data can answer."),
    h("ol", { class: "findings headline" }, first.map(card)),
    rest.length ? folded(`${plural(rest.length, "further finding")}`,
      h("ol", { class: "findings" }, rest.map(card))) : null,
    h("p", { class: "note" }, "\u201cShown\u201d: beyond what noise produces. \u201cNot shown\u201d: " +
      "these data could have shown it and did not. \u201cCannot tell\u201d: they could not have " +
      "shown it, whatever the truth."));
}

// The title block of a page.
function pageHeader(kicker, title, parts) {
  document.getElementById("top").append(h("p", { class: "kicker" }, kicker),
    h("h1", null, title), h("p", { class: "provenance" }, parts.filter(Boolean).map((part, i) =>
      [i ? " \u00b7 " : "", h("span", null, part)])));
}

// How a response was made, for the end of its page.
function provenanceFacts(response) {
  const from = response.provenance || {};
  return [facts([["Edgewise", from.version || kUnknown, "Version of the program."],
    ["Seed", known(from.seed) ? String(from.seed) : kUnknown,
      "Same data, parameters and seed give the same report, byte for byte."],
    from.replicates ? ["Resamples", int(from.replicates), "Behind intervals."] : null]),
  from.method ? h("p", null, h("b", null, "Method: "), from.method) : null,
  list(from.parameters).length ? h("p", { class: "soft" }, from.parameters.join(", ")) : null,
  response.import ? h("p", null, h("b", null, "Read as: "), response.import.format, ", from ",
    list(response.import.files).map((file) => file.split("/").pop()).join(", ")) : null,
  list((response.import || {}).notes).length ? h("ul", { class: "plain" },
    response.import.notes.map((note) => h("li", null, prose(note)))) : null];
}

function showContents() {
  const items = () => h("ol", null, contents.map(([id, title]) =>
    h("li", null, h("a", { href: `#${id}` }, title))));
  document.getElementById("contents").append(
    h("div", { class: "aside" }, h("p", { class: "over" }, "Contents"), items()),
    folded("Contents", items(), false, "narrow"));
}

// On paper everything that was folded is open.
function preparePrint() {
  let folded = [];
  addEventListener("beforeprint", () => {
    hideTip();
    folded = [...document.querySelectorAll("main details:not([open])")];
    folded.forEach((block) => {
      if (block.renderNow) block.renderNow();
      block.open = true;
    });
  });
  addEventListener("afterprint", () => folded.forEach((block) => { block.open = false; }));
}

// Draws the page. `header` fills #top; `parts` make its sections in order, null for none. Each gets
// the response.
function showReport(header, parts) {
  const main = document.getElementById("report");
  let response = null;
  try {
    response = JSON.parse(document.getElementById("response").textContent);
  } catch (error) {
    main.append(nothing("This file is damaged: its figures cannot be read. Make it again."));
    return;
  }
  response.provenance = response.provenance || {};
  document.body.append(patterns());
  header(response);
  for (const part of parts) {
    const made = part(response);
    if (made) main.append(made);
  }
  showContents();
  document.getElementById("foot").append(h("p", null, "Made by Edgewise ",
    response.provenance.version || "", ". This file loads nothing and sends nothing; the figures " +
    "are inside it."));
  watchTips();
  preparePrint();
}
