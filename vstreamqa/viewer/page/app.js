"use strict";
// Joins address, filters, list and question.
(() => {
  const { node } = board;
  const byId = (id) => document.getElementById(id);
  const filters = ["config", "arm", "show", "changed", "category"];
  board.keepInAddress([...filters, "search", "frames", "q"]);
  const isTwo = RUN.sides.length > 1;
  const byKey = new Map(RUN.questions.map((question) => [question.key, question]));
  let table = null;

  const fill = (id, options, value) => {
    byId(id).replaceChildren(...options.map(([one, title]) => node("option", title, { value: one })));
    byId(id).value = value;
    if (byId(id).selectedIndex < 0) byId(id).selectedIndex = 0;
  };
  const configs = [...new Set(RUN.streams.map((stream) => stream.config))];
  const fillFilters = () => {
    const { state } = board;
    const asked = RUN.questions.filter((question) => !state.config || RUN.streams[question.stream].config === state.config);
    const categories = [...new Set(asked.map((question) => question.category ?? "-"))].sort();
    fill("config", [["", configs.length > 1 ? "all" : configs[0] ?? "none"], ...(configs.length > 1 ? configs.map((one) => [one, one]) : [])], state.config);
    fill("arm", RUN.sides[0].arms.map((one) => [one === "model" ? "" : one, one]), state.arm);
    fill("show", board.shows(), state.show);
    fill("changed", [["", "all"], ["any", "changed sides"], ["A", "only A is right"], ["B", "only B is right"]], state.changed);
    fill("category", [["", "all"], ...categories.map((one) => [one, one === "-" ? "none" : one])], state.category);
    byId("changedlabel").hidden = !isTwo;
    // Two runs have their figures in the table above.
    const found = isTwo && RUN.differences.length && !state.arm ? [] : RUN.sides.flatMap((side) => side.figures.filter((one) => one.arm === (state.arm || "model") && (!state.config || one.config === state.config)).map((one) => `${isTwo ? `${side.name}: ` : ""}${configs.length > 1 ? `${one.config} ` : ""}${one.text}`));
    byId("figure").textContent = found.join(" · ");
  };

  const count = () => {
    const now = table.rows({ search: "applied" }).count();
    byId("count").textContent = now === RUN.questions.length ? `${now.toLocaleString("en")}` : `${now.toLocaleString("en")} of ${RUN.questions.length.toLocaleString("en")}`;
    mark();
  };
  const mark = () => {
    document.querySelectorAll("#table tbody tr").forEach((row) => {
      const chosen = row.dataset.key === board.state.q;
      row.classList.toggle("chosen", chosen);
      if (chosen) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  };

  // Nothing that is set from the address may write the address again.
  let settling = false;
  const change = (changed) => {
    if (settling) return;
    board.state = { ...board.state, ...changed };
    board.writeState(board.state);
  };
  const refresh = () => {
    fillFilters();
    table.rows().invalidate().draw();
  };
  const choose = (key, { focus = true } = {}) => {
    change({ q: key });
    show();
    if (!focus) return;
    byId("question").focus({ preventScroll: true });
    if (!window.matchMedia("(min-width: 62rem)").matches) byId("question").scrollIntoView({ block: "start" });
  };
  const step = (by) => {
    const keys = table.rows({ order: "applied", search: "applied" }).data().toArray().map((question) => question.key);
    const place = keys.indexOf(board.state.q);
    const next = place < 0 ? 0 : Math.min(keys.length - 1, Math.max(0, place + by));
    if (!keys[next]) return;
    table.page(Math.floor(next / table.page.len())).draw("page");
    choose(keys[next], { focus: false });
  };
  const show = () => {
    const question = byKey.get(board.state.q);
    mark();
    if (!question) {
      byId("question").replaceChildren(node("p", "Choose a question on the list; j and k go on and back.", { className: "none" }));
      return;
    }
    const arm = board.state.arm || "model";
    const first = question.a[arm]?.said?.length ? "said" : "spread";
    board.showQuestion(byId("question"), question, {
      arm,
      choice: board.state.frames || first,
      chosen: (key) => choose(key, { focus: false }),
      chosenArm: (name) => { change({ arm: name === "model" ? "" : name }); refresh(); show(); },
      chosenChoice: (value) => { change({ frames: value }); show(); },
      step,
    });
  };

  const compare = () => {
    const table = node("table");
    table.createCaption().className = "unseen";
    table.caption.textContent = "A and B on the same questions";
    const head = table.createTHead().insertRow();
    ["", ...RUN.differences[0].figures.map(([name]) => name)].forEach((name) => head.append(node("th", name, { scope: "col" })));
    const body = table.createTBody();
    RUN.differences.forEach(({ config, figures }) => {
      const row = body.insertRow();
      row.append(node("th", config, { scope: "row" }), ...figures.map(([, figure]) => node("td", figure)));
    });
    byId("differences").append(table);
  };

  const introduce = () => {
    const [first, second] = RUN.sides;
    byId("title").textContent = isTwo ? `A: ${first.label} · B: ${second.label}` : first.label;
    document.title = `${byId("title").textContent} · vstreamqa view`;
    byId("lead").textContent = RUN.sides.map((side) => `${isTwo ? `${side.name}: ` : ""}${side.path}, ${side.there.toLocaleString("en")} of ${side.planned.toLocaleString("en")} rows, counted per arm`).join(" · ");
    // What starts in capitals must be seen; of the rest, a few lines at most stand before the questions.
    const said = [...RUN.notices, ...RUN.notes];
    const mustSee = said.filter((text) => /^[A-Z]{4}|^NOT /.test(text));
    const rest = said.filter((text) => !mustSee.includes(text));
    (rest.length > 3 ? mustSee : said).forEach((text) => {
      const box = node("p", text, { className: "notice" });
      if (text.startsWith("NOT FINISHED") && RUN.served) {
        const button = node("button", "Reload", { type: "button", className: "reload", title: "Show what has come since" });
        button.addEventListener("click", () => location.reload());
        box.append(" ", button);
      }
      byId("notices").append(box);
    });
    if (rest.length > 3) {
      const box = node("details", null, { className: "notice" });
      const lines = node("ul");
      rest.forEach((text) => lines.append(node("li", text)));
      box.append(node("summary", `${rest.length} more to be said of ${isTwo ? "these runs" : "this run"}`), lines);
      byId("notices").append(box);
    }
    if (RUN.differences.length) compare();
    RUN.sides.forEach((side) => {
      const lines = node("ul");
      side.lines.forEach((text) => lines.append(node("li", text)));
      byId("made").append(...(isTwo ? [node("h3", `${side.name}: ${side.label}`)] : []), lines);
    });
    byId("made").append(node("p", "Keys: j and k for the next and the previous question on the list, / to search."));
  };

  const apply = () => {
    settling = true;
    board.state = board.readState();
    fillFilters();
    table.search(board.state.search);
    table.rows().invalidate().draw();
    show();
    settling = false;
  };
  const start = () => {
    board.state = board.readState();
    introduce();
    table = board.makeList(choose);
    table.on("draw", count);
    table.on("search", () => change({ search: table.search() }));
    filters.forEach((name) => byId(name).addEventListener("change", () => {
      change({ [name]: byId(name).value, ...(name === "config" ? { category: "" } : {}) });
      refresh();
      if (name === "arm") show();
    }));
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("reset").addEventListener("click", () => {
      change({ ...Object.fromEntries(filters.map((name) => [name, ""])), search: "" });
      apply();
    });
    byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("list").focus(); });
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
      else if (event.key === "/") { event.preventDefault(); document.querySelector("#list input[type=search]").focus(); }
    });
    window.addEventListener("hashchange", () => { if (location.hash !== board.address(board.state)) apply(); });
    board.onTheme(show);
    apply();
    // A link to a question leads to it where it stands below the list.
    if (byKey.has(board.state.q) && !window.matchMedia("(min-width: 62rem)").matches) byId("question").scrollIntoView({ block: "start", behavior: "instant" });
    document.documentElement.dataset.ready = "yes";
  };
  start();
})();
