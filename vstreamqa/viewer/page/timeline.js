"use strict";
// The stream's time from left to right: what was asked, what was to be said, what was said, what is shown below.
(() => {
  const dark = { right: "#3ddbaa", wrong: "#ff8a4c", partly: "#e3d26f", open: "#9aa4af", gold: "#56B4E9", frame: "#c3a6ff" };
  const light = { right: "#00805c", wrong: "#c24d00", partly: "#8a6d00", open: "#6a737d", gold: "#0072B2", frame: "#7a4fd0" };
  const tone = (kind) => ({ right: "right", wrong: "wrong", unparsed: "wrong", error: "wrong", partly: "partly" })[kind] ?? "open";
  const spoken = (answer, side, arm, stream) => [
    ...(answer?.said ?? []).map((one) => ({ at: one.time, tone: one.met ? "right" : "wrong", said: `${one.text} (${one.met ? "in time" : "tells no event in time"})` })),
    ...(stream.unprompted?.[`${side}/${arm}`] ?? []).map((one) => ({ at: one.time, tone: "open", said: one.text })),
  ];

  const rows = (question, stream, arm, frames) => {
    const mark = (row, more) => ({ row, ...more });
    const when = (at) => board.time(at, stream.unit);
    const asked = RUN.questions.filter((one) => RUN.streams[one.stream] === stream);
    const found = [
      ...asked.map((one) => mark("questions", { at: one.time, key: one.key, tone: tone(board.kind(one.a[arm])), text: `${when(one.time)} ${board.cut(one.text)} (${board.word(one.a[arm])})` })),
      ...(question.evidence ? [mark("evidence", { from: question.evidence[0], to: question.evidence[1], tone: "gold", text: `evidence, ${when(question.evidence[0])} to ${when(question.evidence[1])}` })] : []),
      ...(question.spans ?? []).map((one) => mark("to be said", { from: one.start, to: one.end, tone: "gold", text: `${when(one.start)} to ${when(one.end)}: ${one.text}` })),
      ...frames.map((one) => mark("frames below", { at: one.time, tone: "frame", text: `frame at ${when(one.time)}` })),
    ];
    RUN.sides.forEach(({ name }) => {
      const side = name.toLowerCase();
      spoken(question[side]?.[arm], side, arm, stream).forEach(({ at, tone, said }) =>
        found.push(mark(RUN.sides.length > 1 ? `said by ${name}` : "said", { at, tone, text: `${when(at)} ${said}` })));
    });
    // What stands at one instant hides another: the chosen one is drawn last, what is not right before it.
    const place = (one) => (one.key === question.key ? 2 : one.tone === "right" ? 0 : 1);
    return found.sort((one, other) => place(one) - place(other));
  };

  const spec = (question, stream, values) => {
    const colours = board.isDark() ? dark : light;
    const order = ["questions", "evidence", "to be said", "said", "said by A", "said by B", "frames below"].filter((row) => values.some((one) => one.row === row));
    const x = { type: "quantitative", scale: { domain: [stream.start, Math.max(stream.end, stream.start + 1)], nice: false }, title: null, axis: { grid: false, tickCount: 6, labelOverlap: "greedy", labelSeparation: 6, labelExpr: stream.unit === "second" ? "floor(datum.value / 60) + ':' + (datum.value % 60 < 10 ? '0' : '') + floor(datum.value % 60)" : "datum.label" } };
    const y = { field: "row", type: "nominal", sort: order, title: null, scale: { domain: order }, axis: { ticks: false, domain: false, labelLimit: 90, labelPadding: 10 } };
    const color = { field: "tone", type: "nominal", legend: null, scale: { domain: Object.keys(colours), range: Object.values(colours) } };
    const tooltip = { field: "text" };
    const moment = { data: { values: [{ at: question.time }] }, encoding: { x: { ...x, field: "at" } } };
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      width: "container", height: 24 * order.length, autosize: { type: "fit-x", contains: "padding" }, data: { values },
      layer: [
        { data: { values: [{ from: stream.start, to: question.time }] }, mark: { type: "rect", color: colours.open, opacity: 0.12 }, encoding: { x: { ...x, field: "from" }, x2: { field: "to" } } },
        { ...moment, mark: { type: "rule", color: colours.open, strokeWidth: 1.5, strokeDash: [4, 3] } },
        { transform: [{ filter: "isValid(datum.from)" }], mark: { type: "bar", height: 10, cornerRadius: 3, opacity: 0.75 }, encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, y, color, tooltip } },
        { transform: [{ filter: "isValid(datum.at) && datum.row !== 'frames below'" }], mark: { type: "point", filled: true, size: 70, opacity: 0.9, cursor: "pointer" }, encoding: { x: { ...x, field: "at" }, y, color, tooltip, shape: { condition: { test: "datum.tone === 'wrong'", value: "triangle-down" }, value: "circle" }, size: { condition: { test: `datum.key === '${question.key}'`, value: 190 }, value: 70 } } },
        { transform: [{ filter: "datum.row === 'frames below'" }], mark: { type: "tick", thickness: 2, height: 12 }, encoding: { x: { ...x, field: "at" }, y, color, tooltip } },
      ],
    };
  };

  let drawn = null;
  let turn = 0;
  board.drawTimeline = async (place, question, arm, frames, chosen) => {
    const mine = ++turn;
    drawn?.view.finalize();
    drawn = null;
    const stream = RUN.streams[question.stream];
    const values = rows(question, stream, arm, frames);
    const made = await vegaEmbed(place, spec(question, stream, values), {
      actions: false, ast: true, renderer: "canvas", defaultStyle: false, config: board.plotStyle(),
      tooltip: (handler, event, item, text) => { place.title = text == null ? "" : typeof text === "string" ? text : Object.values(text).join(" "); },
    });
    if (mine !== turn) return made.view.finalize();
    drawn = made;
    made.view.addEventListener("click", (event, item) => { if (item?.datum?.key) chosen(item.datum.key); });
    place.dataset.drawn = question.key;
    const counts = values.reduce((sum, one) => ({ ...sum, [one.row]: (sum[one.row] ?? 0) + 1 }), {});
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", `Timeline of stream ${stream.id} from ${board.time(stream.start, stream.unit)} to ${board.time(stream.end, stream.unit)}: ${Object.entries(counts).map(([row, n]) => `${row} ${n}`).join(", ")}.`);
  };
})();
