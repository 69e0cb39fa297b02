"use strict";
// Columns of the table. Whatever a file says is text: it is escaped before it becomes part of the page.
(() => {
  const { escaped } = board;
  const stated = (text) => (text ? escaped(text) : `<span class="none">${escaped(LEADERBOARD.notStated)}</span>`);

  board.linked = (text, url) =>
    /^(https?:\/\/|submissions\/)/.test(url ?? "")
      ? `<a href="${escaped(url)}" rel="noopener noreferrer">${escaped(text)}</a>`
      : escaped(text);
  board.source = (line) => (line.origin === "submitted" ? board.file(line) : line.url);
  board.interval = (line) => (line.low == null ? "" : `[${line.low.toFixed(1)}, ${line.high.toFixed(1)}]`);

  const figure = (line) => {
    const link = line.origin === "submitted" ? `<a href="${escaped(board.file(line))}">${escaped(line.shown)}</a>` : board.linked(line.shown, line.url);
    const beside = [
      ...(line.again ?? []).map((one) => `re-run ${one.figure}`),
      ...(line.claims ?? []).map((one) => `claimed ${one.figure}`),
    ];
    const narrow = line.low == null ? "" : `<span class="beside narrow">${escaped(board.interval(line))}</span>`;
    return link + narrow + beside.map((text) => `<span class="beside">${escaped(text)}</span>`).join("");
  };
  const marks = (line) =>
    (line.marks ?? []).map((mark) => `<span class="mark" data-mark="${escaped(mark)}">${escaped(mark)}</span>`).join(" ");
  const floors = (line) =>
    line.floors?.length ? escaped(line.floors.map(([name, value]) => `${name} ${value}`).join(", ")) : stated("");
  const narrowFloors = (line) =>
    line.floors?.length ? `<span class="beside narrow">floors: ${floors(line)}</span>` : "";
  const cost = (line, value, of, digits) =>
    value == null ? "" : `<span title="${escaped(of ?? "")}">${board.linked(Number(value.toPrecision(digits)), board.source(line))}</span>`;
  const rank = (line) =>
    line.rank == null ? "" : `${line.rank}${line.tied ? ' <abbr title="its interval overlaps another">=</abbr>' : ""}`;

  // Title, how it is shown, what it is sorted and searched by, and when it is visible: always, on wide pages, or chosen.
  const column = (name, title, show, plain, visible, numeric, kept) => ({
    name, title, show, plain, visible, numeric, kept,
  });
  board.columns = [
    column("table", "Table", (line) => escaped(line.group), (line) => line.group, "never"),
    column("details", '<span class="unseen">Details</span>', (line) => `<button type="button" class="open" aria-expanded="false" aria-label="Details of ${escaped(line.model)}"></button>`, () => "", "always"),
    column("model", "Model", (line) => `${escaped(line.model)}<span class="marks">${marks(line)}</span>${narrowFloors(line)}`, (line) => `${line.model} ${(line.marks ?? []).join(" ")}`, "always"),
    column("figure", "Figure", figure, (line) => line.value ?? null, "always", true),
    column("interval", "95 %", (line) => escaped(board.interval(line)), (line) => line.low ?? null, "wide", true),
    column("rank", "Rank", rank, (line) => line.rank ?? null, "wide", true),
    column("score", "Score (0-5)", (line) => (line.score ? board.linked(line.score, line.url) : ""), (line) => (line.score ? Number(line.score) : null), "wide", true),
    column("floors", "Floors", floors, (line) => (line.floors ?? []).map((one) => one.join(" ")).join(", "), "wide", false, true),
    column("marks", "Marks", marks, (line) => (line.marks ?? []).join(" "), "chosen"),
    column("judge", "Judge", (line) => stated(line.judge), (line) => line.judge ?? "", "chosen"),
    column("asked", "Asked", (line) => stated(line.asked), (line) => line.asked ?? "", "chosen"),
    column("settings", "Settings", (line) => stated(line.settings), (line) => line.settings ?? "", "chosen"),
    column("hardware", "Hardware", (line) => stated(line.hardware), (line) => line.hardware ?? "", "wide"),
    column("ttft", "TTFT (s)", (line) => cost(line, line.ttft, line.ttft_of, 3), (line) => line.ttft ?? null, "chosen", true),
    column("memory", "Memory (GB)", (line) => cost(line, line.memory, line.memory_of, 4), (line) => line.memory ?? null, "chosen", true),
    column("kind", "Kind of source", (line) => escaped(line.kind), (line) => line.kind, "chosen"),
    column("verified", "Verified", (line) => (line.verified ? "yes" : "no"), (line) => (line.verified ? "yes" : "no"), "chosen"),
    column("source", "Source", (line) => `<span class="clamped" title="${escaped(line.source)}">${board.linked(line.source + (line.table ? `, ${line.table}` : ""), line.url)}</span>`, (line) => `${line.source} ${line.table ?? ""}`, "wide"),
  ];

  board.tableColumns = (isWide) =>
    board.columns.map(({ name, title, show, plain, visible, numeric }) => ({
      name,
      title,
      data: null,
      type: numeric ? "num" : "string",
      className: numeric ? "figure" : `text ${name}`,
      visible: visible === "always" || (visible === "wide" && isWide),
      orderable: name !== "details" && name !== "table",
      render: (line, kind) => {
        if (kind === "display") return show(line);
        if (kind === "filter") return `${plain(line) ?? ""} ${name === "figure" ? line.shown : ""}`;
        // What is no number goes last, whichever way round.
        return name === "table" ? line.place : (plain(line) ?? (numeric ? -Infinity : ""));
      },
    }));
})();
