"use strict";
// Joins address, filters, table and plots.
(() => {
  const byId = (id) => document.getElementById(id);
  const filters = ["origin", "asked", "judge", "verified", "kind"];
  board.keepInAddress(["view", ...filters, "q", "sort", "open"]);
  const isWide = () => window.matchMedia("(min-width: 62rem)").matches;
  let state = {};
  let shown = null;
  let table = null;

  const prepare = () => {
    board.views = LEADERBOARD.views;
    board.views.forEach((view) => {
      view.lines = view.tables.flatMap((one, place) =>
        one.lines.map((line) => Object.assign(line, { place, view: view.id })));
    });
  };

  const fillViews = () => {
    const groups = new Map();
    board.views.forEach((view) => {
      view.option = board.node("option", view.name, { value: view.id });
      if (!groups.has(view.suite)) groups.set(view.suite, board.node("optgroup", null, { label: view.suite }));
      groups.get(view.suite).append(view.option);
    });
    byId("view").append(...groups.values());
  };

  // Filters hold for all suites: the list of suites says where there is something that fits.
  const countViews = () =>
    board.views.forEach(({ name, option, lines }) => {
      const fitting = lines.filter(fits).length;
      option.textContent = `${name} (${fitting === lines.length ? fitting : `${fitting} of ${lines.length}`})`;
    });

  const choices = (id, all, values) => {
    const options = [...new Set(values)].sort().map((value) => board.node("option", value || LEADERBOARD.notStated, { value: value || "-" }));
    byId(id).replaceChildren(board.node("option", all, { value: "" }), ...options);
  };

  const fits = (line) =>
    (!state.origin || line.origin === state.origin) &&
    (!state.asked || (line.asked ?? "-") === state.asked) &&
    (!state.judge || (line.judge ?? "-") === state.judge) &&
    (!state.kind || line.kind === state.kind) &&
    (!state.verified || (state.verified === "yes") === Boolean(line.verified));

  const heading = (rows, group) => {
    const box = board.node("span", group);
    const note = shown.tables.find((one) => one.title === group)?.note;
    if (note) box.append(board.node("small", note));
    return box;
  };

  const makeTable = () => {
    table = new DataTable("#table", {
      data: [],
      columns: board.tableColumns(isWide()),
      order: [],
      orderFixed: { pre: [[0, "asc"]] },
      rowGroup: { dataSrc: "group", startRender: heading },
      autoWidth: false,
      deferRender: true,
      pageLength: 50,
      pagingType: "simple_numbers",
      lengthMenu: [25, 50, 100, 500],
      layout: {
        topStart: { buttons: [{ extend: "colvis", text: "Columns", columns: board.columns.map((one, i) => (["table", "details"].includes(one.name) ? -1 : i)).filter((i) => i >= 0) }] },
        topEnd: "search",
        bottomStart: ["pageLength", "info"],
        bottomEnd: "paging",
      },
      language: { search: "Search this table", emptyTable: "Nothing here", zeroRecords: "No row fits these filters" },
    });
    table.search.fixed("filters", (text, line) => fits(line));
    table.on("search", () => change({ q: table.search() }));
    table.on("order", () => {
      const [place, direction] = table.order().find(([column]) => column > 0) ?? [];
      change({ sort: place && direction ? `${board.columns[place].name}:${direction}` : "" });
    });
    table.on("column-visibility", () => setTimeout(sayColumns));
    table.on("draw", () => { count(); sayOrder(); });
    byId("table").addEventListener("click", (event) => {
      const button = event.target.closest("button.open");
      if (button) toggle(table.row(button.closest("tr")));
    });
  };

  // The list of columns shows by a tick what is visible, and forgets where the keyboard was: say the one, keep the other.
  const columnButtons = () => document.querySelectorAll(".dt-button-collection .buttons-columnVisibility");
  const sayColumns = () =>
    columnButtons().forEach((button) => button.setAttribute("aria-pressed", String(button.classList.contains("dt-button-active"))));
  const backToColumns = () => document.querySelector(".buttons-colvis").focus();

  // The table says how its first column is sorted, which is the hidden one that keeps tables apart: say the reader's.
  const sayOrder = () => {
    const [place, direction] = table.order().find(([column]) => column > 0) ?? [];
    board.columns.forEach((_, column) => {
      const heading = table.column(column).header();
      if (column === place && direction) heading.setAttribute("aria-sort", direction === "desc" ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    });
  };

  const toggle = (row) => {
    const open = !row.child.isShown();
    if (open) row.child(board.details(row.data()), "opened").show();
    else row.child.hide();
    row.node().querySelector("button.open")?.setAttribute("aria-expanded", String(open));
    change({ open: open ? row.data().id : "" });
  };

  const count = () => {
    const all = shown?.lines.length ?? 0;
    const now = table.rows({ search: "applied" }).count();
    byId("count").textContent = `${now === all ? all : `${now} of ${all}`} row${all === 1 ? "" : "s"}`;
  };

  // Nothing that is set from the address may write the address again.
  let settling = false;
  const change = (changed, isStep = false) => {
    if (settling) return;
    state = { ...state, ...changed };
    byId("lost").hidden = true;
    board.writeState(state, isStep);
  };

  const showView = (view) => {
    shown = view;
    byId("heading").textContent = view.name;
    document.title = `${view.name} · vstreamqa leaderboard`;
    choices("judge", "any", view.lines.map((line) => line.judge ?? ""));
    choices("kind", "any", view.lines.map((line) => line.kind));
    // A column that nothing in this view fills only takes room.
    const wide = isWide();
    board.columns.forEach(({ visible, plain, kept }, place) => {
      if (visible === "wide") table.column(place).visible(wide && (kept || view.lines.some((line) => plain(line) != null && plain(line) !== "")), false);
    });
    table.clear().rows.add(view.lines);
    board.draw(view);
  };

  const openRow = () => {
    table.rows().every(function () { if (this.child.isShown()) { this.child.hide(); this.node()?.querySelector("button.open")?.setAttribute("aria-expanded", "false"); } });
    if (!state.open) return;
    const found = table.rows((place, line) => line.id === state.open, { search: "applied" });
    if (!found.count()) {
      byId("lost").hidden = false;
      byId("lost").textContent = `There is no row "${state.open}" here, or a filter hides it.`;
      return;
    }
    const place = table.rows({ order: "applied", search: "applied" }).indexes().indexOf(found.indexes()[0]);
    table.page(Math.floor(place / table.page.len())).draw("page");
    const row = table.row(found.indexes()[0]);
    row.child(board.details(row.data()), "opened").show();
    row.node().querySelector("button.open").setAttribute("aria-expanded", "true");
    row.node().scrollIntoView({ block: "center" });
  };

  const apply = () => {
    settling = true;
    state = board.readState();
    const asked = board.views.find((one) => one.id === state.view);
    const view = asked ?? board.views[0];
    byId("lost").hidden = !state.view || Boolean(asked);
    byId("lost").textContent = `There is no "${state.view}" here; this is ${view.name}.`;
    if (!asked) state.view = "";
    if (view !== shown) showView(view);
    byId("view").value = view.id;
    filters.forEach((name) => {
      byId(name).value = state[name];
      if (byId(name).selectedIndex < 0) byId(name).value = state[name] = "";
    });
    const [name, direction] = state.sort.split(":");
    const place = board.columns.findIndex((one) => one.name === name);
    countViews();
    table.order(place > 0 ? [[place, direction === "desc" ? "desc" : "asc"]] : []);
    table.search(state.q).draw();
    openRow();
    settling = false;
  };

  const start = () => {
    prepare();
    fillViews();
    makeTable();
    byId("view").addEventListener("change", () => change({ view: byId("view").value, judge: "", kind: "", open: "", q: "" }, true));
    byId("results").addEventListener("click", (event) => event.target.closest(".buttons-colvis") && setTimeout(sayColumns), true);
    document.addEventListener("keydown", (event) => event.key === "Escape" && columnButtons().length && setTimeout(backToColumns), true);
    filters.forEach((name) => byId(name).addEventListener("change", () => {
      change({ [name]: byId(name).value, open: "" });
      countViews();
      table.draw();
    }));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("reset").addEventListener("click", () => {
      change({ ...Object.fromEntries(filters.map((name) => [name, ""])), q: "", open: "", sort: "" });
      apply();
    });
    window.addEventListener("hashchange", () => {
      if (location.hash !== board.address(state)) apply();
      else if ((state.view || board.views[0].id) !== shown.id) apply();
    });
    board.onTheme(() => board.draw(shown));
    apply();
    document.documentElement.dataset.ready = "true";
  };

  start();
})();
