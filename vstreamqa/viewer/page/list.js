"use strict";
// The list of questions: which are shown, in what order, and what of each.
(() => {
  const { cut, escaped } = board;
  const shows = [
    ["", "all", () => true],
    ["wrong", "wrong", (one) => one?.outcome === "wrong"],
    ["right", "right", (one) => one?.outcome === "right"],
    ["unparsed", "unparsed", (one) => one?.outcome === "unparsed"],
    ["unjudged", "unjudged", (one) => one?.outcome === "unjudged" || one?.outcome === "judge failed"],
    ["errors", "errors", (one) => one?.outcome === "error"],
    ["left-out", "left out by the suite's rule", (one) => one?.outcome === "left out"],
    ["slow", "slow", (one) => one?.slow],
    ["proactive", "proactive", (one, question) => question.format === "proactive"],
    ["missing", "not asked yet", (one) => one?.outcome === "not asked yet"],
  ];
  const isTwo = RUN.sides.length > 1;
  const arm = () => board.state.arm || "model";
  const answers = (question) => [question.a[arm()], question.b?.[arm()]];
  const stream = (question) => RUN.streams[question.stream];

  board.shows = () => {
    const slow = RUN.sides[0].slowNs[arm()];
    return shows.map(([value, title]) => [value, value === "slow" && slow != null ? `slow (from ${board.milliseconds(slow)})` : title]);
  };
  board.fits = (question) => {
    const { config, category, show, changed } = board.state;
    const test = (shows.find(([value]) => value === show) ?? shows[0])[2];
    return (!config || stream(question).config === config) &&
      (!category || (question.category ?? "-") === category) &&
      (!changed || (changed === "any" ? Boolean(question.changed?.[arm()]) : question.changed?.[arm()] === changed)) &&
      answers(question).some((one, place) => (place === 0 || isTwo) && (place === 0 || one) && test(one, question));
  };

  const badge = (answer) => {
    const kind = board.kind(answer);
    return `<span class="badge ${kind}" title="${escaped(board.word(answer))}"><span aria-hidden="true">${board.signs[kind] ?? ""}</span><span class="unseen">${escaped(board.word(answer))}</span></span>`;
  };
  const brief = (answer) => {
    if (!answer) return "";
    if (answer.outcome === "listened") return board.word(answer);
    return answer.fault ?? board.said(answer.prediction);
  };
  const gold = (question) => (question.gold ?? []).join(" / ") || (question.spans ? `${question.spans.length} events` : "");
  const predicted = (name, title, place) => ({
    name, title, width: "wide",
    plain: (question) => brief(answers(question)[place]),
    show: (question) => `<span class="pair">${badge(answers(question)[place])}<span class="clamped">${escaped(cut(brief(answers(question)[place])))}</span></span>`,
  });
  const columns = [
    { name: "at", title: "At", width: "always", numeric: true, plain: (question) => question.time, show: (question) => escaped(board.time(question.time, stream(question).unit)) },
    {
      name: "question", title: "Question", width: "always",
      plain: (question) => `${question.text} ${question.id} ${stream(question).id}`,
      show: (question) => `<a href="${escaped(board.address({ ...board.state, q: question.key }))}" data-key="${question.key}">${escaped(cut(question.text.trim() || "(nothing)"))}</a><span class="beside">${escaped(stream(question).id)}${question.category ? ` · ${escaped(cut(question.category))}` : ""}</span><span class="beside narrow">${answers(question).slice(0, isTwo ? 2 : 1).map((one) => `${badge(one)} ${escaped(cut(brief(one)))}`).join("<br>")}</span>`,
    },
    { name: "gold", title: "Gold", width: "wide", plain: gold, show: (question) => `<span class="clamped">${escaped(cut(gold(question)))}</span>` },
    predicted("predicted", isTwo ? "A" : "Answer", 0),
    ...(isTwo ? [predicted("other", "B", 1)] : []),
    { name: "latency", title: "Latency", width: isTwo ? "never" : "wide", numeric: true, plain: (question) => answers(question)[0]?.latencyNs ?? -1, show: (question) => escaped(board.milliseconds(answers(question)[0]?.latencyNs)) },
  ];

  board.makeList = (chosen) => {
    const isWide = window.matchMedia("(min-width: 40rem)").matches;
    const table = new DataTable("#table", {
      data: RUN.questions,
      columns: columns.map(({ name, title, width, plain, show, numeric }) => ({
        name, title, data: null,
        type: numeric ? "num" : "string",
        className: numeric ? "figure" : `text ${name}`,
        visible: width === "always" || (width === "wide" && isWide),
        render: (question, kind) => (kind === "display" ? show(question) : plain(question)),
      })),
      order: [],
      autoWidth: false,
      deferRender: true,
      pageLength: isWide ? 25 : 10,
      lengthMenu: [10, 25, 50, 100],
      pagingType: "simple_numbers",
      createdRow: (row, question) => { row.dataset.key = question.key; },
      layout: { topStart: "search", topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
      language: { search: "Search", emptyTable: "No questions", zeroRecords: "No question fits these filters", lengthMenu: "_MENU_ a page" },
    });
    table.search.fixed("filters", (text, question) => board.fits(question));
    document.getElementById("table").addEventListener("click", (event) => {
      const row = event.target.closest("tbody tr[data-key]");
      if (!row || (event.target.closest("a") && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
      event.preventDefault();
      chosen(row.dataset.key);
    });
    return table;
  };
})();
