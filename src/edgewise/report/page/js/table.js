// One table for every list in the report: explained columns, optional sorting, a limit with "show
// more", optional opening rows. A table is one stop for the Tab key; arrow keys move inside it, so
// that every explained cell can be reached without hundreds of stops.

// columns: { label, tip, cell(row) -> content, tipOf(row), value(row) for sorting, number, wide }.
// An unknown value sorts last in both directions.
function makeTable({ caption, columns, rows, limit = 24, sort = null, detail = null,
                     cls = "", sortable = false, openFirst = false, idOf = null }) {
  const state = { rows, sort, limit, open: new Set() };
  const body = h("tbody", { role: "rowgroup" });
  const heads = columns.map((column, index) => h("th", {
    scope: "col", role: "columnheader", class: column.number ? "number" : null,
    "data-tip": sortable && column.value ? null : column.tip, "aria-sort": null,
  }, sortable && column.value
    ? h("button", { type: "button", class: "sort", "data-tip": column.tip,
                    onclick: () => sortBy(index) }, column.label,
        h("span", { class: "arrow", "aria-hidden": "true" }))
    : column.label));
  const table = h("table", { class: cls, role: "table" },
    h("caption", { class: "caption" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)), body);
  const more = h("button", { type: "button", class: "more", onclick: () => {
    state.limit = state.limit * 4;
    draw();
  } });
  const node = h("div", { class: "tablebox" },
    h("div", { class: "scroll", role: "region", "aria-label": caption }, table), more);

  // No index: back to the order in which the rows came.
  function sortBy(index, descending) {
    if (index === null) {
      state.sort = null;
      draw();
      return;
    }
    const same = state.sort && state.sort.index === index;
    const first = columns[index].number;  // numbers: largest first
    state.sort = { index, descending: descending !== undefined ? descending
      : same ? !state.sort.descending : Boolean(first) };
    draw();
  }
  function sorted() {
    if (!state.sort) return state.rows;
    const { index, descending } = state.sort;
    const value = columns[index].value;
    const empty = (x) => x === null || x === undefined || Number.isNaN(x);
    return state.rows.map((row, at) => [row, value(row), at]).sort((a, b) => {
      if (empty(a[1]) || empty(b[1])) return empty(a[1]) - empty(b[1]) || a[2] - b[2];
      const order = typeof a[1] === "string" ? a[1].localeCompare(b[1]) : a[1] - b[1];
      return (descending ? -order : order) || a[2] - b[2];
    }).map((entry) => entry[0]);
  }
  function cell(row, column, index, opener) {
    const content = column.cell(row);
    const tag = index === 0 ? "th" : "td";
    return h(tag, {
      scope: index === 0 ? "row" : null, role: index === 0 ? "rowheader" : "cell",
      class: [column.number ? "number" : "", column.wide ? "wide" : ""].join(" ").trim() || null,
      "data-label": column.long || column.label, "data-tip": column.tipOf ? column.tipOf(row) : null,
    }, opener, content);
  }
  function addRow(row, position) {
    const open = state.open.has(row);
    const panel = `${idOf ? idOf(row) : ""}-detail`;
    const opener = detail ? h("button", {
      type: "button", class: "opener", "aria-expanded": String(open),
      "aria-controls": open ? panel : null,
      "aria-label": `Details of ${detail.name(row)}`,
      onclick: () => {
        if (!state.open.delete(row)) state.open.add(row);
        draw();
        const button = body.querySelectorAll(".opener")[position];
        if (button) button.focus();
      },
    }, h("span", { "aria-hidden": "true" }, open ? "\u25be" : "\u25b8")) : null;
    body.append(h("tr", { role: "row", id: idOf ? idOf(row) : null },
      columns.map((column, index) => cell(row, column, index, index === 0 ? opener : null))));
    if (open) {
      body.append(h("tr", { role: "row", class: "detail", id: panel },
        h("td", { role: "cell", colspan: columns.length }, detail.content(row))));
    }
  }
  function draw() {
    body.replaceChildren();
    const all = sorted();
    all.slice(0, state.limit).forEach(addRow);
    heads.forEach((head, index) => {
      if (state.sort && state.sort.index === index) {
        head.setAttribute("aria-sort", state.sort.descending ? "descending" : "ascending");
      } else head.removeAttribute("aria-sort");
    });
    more.hidden = all.length <= state.limit;
    more.textContent = `Show more (${int(Math.min(state.limit, all.length))} of ` +
      `${int(all.length)} shown)`;
    armKeys(table);
    if (node.ondraw) node.ondraw(Math.min(state.limit, all.length), all.length);
  }
  node.api = {
    set(next) { state.rows = next; state.limit = limit; draw(); },
    sortBy, columns,
    reveal(row) {
      state.open.add(row);
      const at = sorted().indexOf(row);
      if (at >= state.limit) state.limit = at + 1;
      draw();
    },
  };
  if (openFirst && rows.length) state.open.add(openFirst === true ? rows[0] : openFirst);
  draw();
  return node;
}

// Arrow keys walk the cells; one cell at a time is a stop for Tab.
function armKeys(table) {
  const stop = (cell) => cell.querySelector(":scope > button.sort") || cell;
  const cells = [...table.querySelectorAll("th, td")].filter((x) => !x.closest("table table") &&
    x.closest("table") === table && !x.parentElement.classList.contains("detail"));
  cells.forEach((cell) => {
    if (stop(cell) === cell) cell.tabIndex = -1;
  });
  const first = cells.find((cell) => cell.dataset.tip) || cells[0];
  if (first) first.tabIndex = 0;
  if (table.dataset.keys) return;
  table.dataset.keys = "on";
  table.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    const move = step[event.key];
    const from = event.target.closest("th, td");
    if (!move || !from || from.closest("table") !== table ||
        event.target.matches("input, select")) return;
    const rows = [...table.rows].filter((row) => !row.classList.contains("detail"));
    const row = rows[rows.indexOf(from.parentElement) + move[0]];
    const to = row && row.cells[from.cellIndex + move[1]];
    if (!to) return;
    event.preventDefault();
    if (from.tabIndex === 0) from.tabIndex = -1;
    if (stop(to) === to) to.tabIndex = 0;
    stop(to).focus();
  });
}
