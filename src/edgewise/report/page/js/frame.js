// What every page has: contents, printing, and the order of its sections.

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
