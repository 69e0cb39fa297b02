"use strict";
// One question: what was asked and when, what is right, what was answered, what it cost, what the model had seen.
(() => {
  const { node } = board;
  const choices = [["spread", "spread over all it had seen"], ["latest", "the latest"], ["evidence", "within the evidence"], ["said", "when it said something"]];
  let turn = 0;

  const badge = (answer) => {
    const made = node("span", null, { className: `badge ${board.kind(answer)}` });
    made.append(node("span", board.signs[board.kind(answer)] ?? "", { ariaHidden: "true" }), ` ${board.word(answer)}`);
    return made;
  };
  const list = (pairs) => {
    const made = node("dl");
    pairs.filter(([, what]) => what != null && what !== "-" && what !== "").forEach(([name, what]) => {
      const said = node("dd");
      said.append(what);
      made.append(node("dt", name), said);
    });
    return made;
  };
  const tiles = (pairs) => {
    const made = Object.assign(list(pairs), { className: "tiles" });
    [...made.querySelectorAll("dt")].forEach((term) => {
      const tile = node("div");
      const said = term.nextSibling;
      term.before(tile);
      tile.append(term, said);
    });
    return made;
  };
  const quoted = (text) => node("blockquote", text);

  const costs = (answer, unit) => tiles([
    [answer.told ? "frames seen when it was asked" : "frames seen", answer.framesSeen == null ? null : `${answer.framesSeen.toLocaleString("en")}${answer.lastFrameTime == null ? "" : `, the last at ${board.time(answer.lastFrameTime, unit)}`}`],
    ["time to first token", board.milliseconds(answer.ttftNs)],
    ["answer latency", board.milliseconds(answer.latencyNs) + (answer.slow ? " (slow)" : "")],
    ["asked late by", answer.askLagNs ? board.milliseconds(answer.askLagNs) : null],
    ["restoring the session", board.milliseconds(answer.restoreNs)],
    ["tokens", answer.outputTokens == null ? null : `${answer.inputTokens ?? "-"} in, ${answer.outputTokens} out`],
    ["host memory", board.mebibytes(answer.hostBytes)],
    ["accelerator memory, peak", board.mebibytes(answer.gpuBytes)],
  ]);

  const card = (title, answer, unit) => {
    const made = node("article", null, { className: "answer" });
    const head = node("h4", `${title} `);
    head.append(badge(answer));
    made.append(head);
    if (!answer) {
      made.append(node("p", "was not asked this question", { className: "none" }));
      return made;
    }
    if (answer.fault) made.append(node("p", answer.fault, { className: "notice" }));
    if (answer.outcome === "listened") made.append(heard(answer, unit));
    else if (answer.prediction != null) made.append(quoted(board.said(answer.prediction)));
    made.append(list([
      ["read as", answer.extracted],
      ["score", answer.score == null ? null : `${answer.score} of 5`],
      ["by", answer.by],
      ["reply of the judge", answer.raw == null ? null : quoted(answer.raw)],
    ]));
    const cost = node("details", null, { open: true });
    cost.append(node("summary", "Time and memory"), costs(answer, unit));
    if (cost.querySelector("dt")) made.append(cost);
    return made;
  };
  const heard = (answer, unit) => {
    const made = node("ul", null, { className: "said" });
    (answer.said ?? []).forEach((one) => {
      const line = node("li", `${board.time(one.time, unit)}  `);
      line.append(node("q", one.text), one.met ? "" : " (tells no event in time)");
      made.append(line);
    });
    if (!answer.said?.length) made.append(node("li", "nothing was said", { className: "none" }));
    return made;
  };

  const due = (spans, unit) => {
    const made = node("ul", null, { className: "said due", ariaLabel: "To be said" });
    spans.forEach((one) => {
      const line = node("li", `${board.time(one.start, unit)} to ${board.time(one.end, unit)}  `);
      line.append(node("q", one.text));
      made.append(line);
    });
    return made;
  };

  const others = (question, arm, chosenArm) => {
    const names = RUN.sides[0].arms.filter((name) => name !== arm && question.a[name]);
    if (!names.length) return "";
    const box = node("section");
    const table = node("table", null, { className: "arms" });
    names.forEach((name) => {
      const row = table.insertRow();
      const cell = node("th", null, { scope: "row" });
      const button = node("button", name, { type: "button", className: "plain" });
      button.addEventListener("click", () => chosenArm(name));
      cell.append(button);
      row.append(cell);
      row.insertCell().append(badge(question.a[name]));
      row.insertCell().textContent = question.a[name].outcome === "listened" ? "" : board.cut(board.said(question.a[name].prediction));
    });
    box.append(node("h3", RUN.sides.length > 1 ? "Other arms of A" : "Other arms"), table);
    return box;
  };

  const strip = async (question, arm, choice) => {
    if (!RUN.served) return arm === "model" ? RUN.strips?.[question.key] : { frames: [], n: 0, remark: "a page that is written out holds frames of the model's own arm only", size: null };
    const reply = await fetch(`frames/${question.key}/${encodeURIComponent(arm)}/${choice}.json`);
    if (!reply.ok) return { frames: [], n: 0, remark: await reply.text(), size: null };
    return reply.json();
  };
  const why = async (image, place) => {
    let reason = "the picture is missing";
    try { if (RUN.served) reason = await (await fetch(image.src)).text(); } catch { reason = "vstreamqa view has ended"; }
    place.replaceChildren(node("span", reason, { className: "lacking" }));
  };
  const frames = (found, unit) => {
    const made = node("ol", null, { className: "frames" });
    found.frames.forEach((one) => {
      const at = board.time(one.time, unit);
      const item = node("li");
      const figure = node("figure");
      const box = node("div", null, { className: "picture" });
      const image = node("img", null, { alt: `frame at ${at}`, loading: "lazy", decoding: "async" });
      image.addEventListener("error", () => why(image, box), { once: true });
      image.src = one.src;
      box.append(image);
      figure.append(box, node("figcaption", at));
      item.append(figure);
      made.append(item);
    });
    return made;
  };
  const about = (found) => {
    const size = found.size ? `, at the ${found.size[1]} × ${found.size[0]} pixels it was shown` : "";
    const count = found.frames.length === found.n ? `All ${found.n.toLocaleString("en")}` : `${found.frames.length} of ${found.n.toLocaleString("en")}`;
    const seen = found.n ? `${count} frames of the grid${size}; nothing later was shown.` : "";
    return [found.remark ? `${found.remark[0].toUpperCase()}${found.remark.slice(1)}.` : "", seen].filter(Boolean).join(" ");
  };

  board.showQuestion = async (place, question, { arm, choice, chosen, chosenArm, chosenChoice, step }) => {
    const mine = ++turn;
    const stream = RUN.streams[question.stream];
    const { unit } = stream;
    const isTwo = RUN.sides.length > 1;
    const head = node("div", null, { className: "qhead" });
    const steps = node("div", null, { className: "steps" });
    [["Previous", -1, "Previous question (k)"], ["Next", 1, "Next question (j)"]].forEach(([text, by, title]) => {
      const button = node("button", text, { type: "button", title });
      // All that stands here is made anew; who went on by keyboard goes on from the same button.
      button.addEventListener("click", () => { step(by); place.querySelector(`.steps button[title="${title}"]`).focus({ preventScroll: true }); });
      steps.append(button);
    });
    head.append(node("p", `${stream.config} · ${stream.id} · asked at ${board.time(question.time, unit)}${unit === "second" ? "" : ` (${unit})`}`, { className: "lead" }), steps);
    const back = node("button", "List", { type: "button", className: "back" });
    back.addEventListener("click", () => document.getElementById("list").scrollIntoView());
    steps.prepend(back);
    const timeline = node("div", null, { className: "timeline" });
    const options = question.options ? node("ol", null, { className: "options", type: "A" }) : "";
    (question.options ?? []).forEach((one) => options.append(node("li", one)));
    const gold = question.spans ? due(question.spans, unit) : list([["gold", (question.gold ?? []).join(" / ") || "none"]]);
    const facts = tiles([
      ["category", question.category],
      ["source video", stream.source],
      ["licence of the video", stream.licence],
      ["format", question.format],
      ["id", question.id],
    ]);
    const cards = node("div", null, { className: "answers" });
    if (question.changed?.[arm]) cards.append(node("p", `Changed sides: only ${question.changed[arm]} is right.`, { className: "changed" }));
    RUN.sides.forEach(({ name, label }) => cards.append(card(isTwo ? `${name}: ${label}, ${arm}` : arm, question[name.toLowerCase()]?.[arm], unit)));
    const select = node("select");
    choices.filter(([value]) => RUN.served ? (value !== "evidence" || question.evidence) && (value !== "said" || question.a[arm]?.said?.length) : value === "spread")
      .forEach(([value, title]) => select.append(node("option", title, { value, selected: value === choice })));
    select.addEventListener("change", () => { chosenChoice(select.value); place.querySelector(".shown select").focus({ preventScroll: true }); });
    const label = node("label", `Frames ${isTwo ? "A" : "it"} had seen: `);
    label.append(select);
    const shown = node("section", null, { className: "shown", ariaBusy: "true" });
    const told = node("p", "…", { className: "lead" });
    shown.append(label, told);
    place.replaceChildren(head, node("h3", board.said(question.text), { className: "text" }), options, question.spans ? node("h3", "To be said") : "", gold, cards, node("h3", "The stream"), timeline, shown, others(question, arm, chosenArm), facts);
    board.drawTimeline(timeline, question, arm, [], chosen);
    const found = (await strip(question, arm, select.value).catch(() => ({ frames: [], n: 0, remark: "vstreamqa view has ended", size: null }))) ?? { frames: [], n: 0, remark: "no frames", size: null };
    if (mine !== turn) return;
    told.textContent = about(found);
    shown.append(frames(found, unit));
    shown.removeAttribute("aria-busy");
    await board.drawTimeline(timeline, question, arm, found.frames, chosen);
    place.dataset.shown = question.key;
  };
})();
