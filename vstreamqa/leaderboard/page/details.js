"use strict";
// What a row opens to. Built of nodes with text in them, never of markup.
(() => {
  const { node } = board;
  board.file = (line) => `submissions/${encodeURIComponent(line.submission)}.json`;

  const link = (text, url) =>
    /^(https?:\/\/|submissions\/|#)/.test(url ?? "") ? node("a", text, { href: url, rel: "noopener noreferrer" }) : node("span", text);

  const pairs = (line) => {
    const none = LEADERBOARD.notStated;
    const published = line.origin === "published";
    return [
      ["table", line.group],
      ["settings", line.settings ?? none],
      ["judge", line.judge ?? none],
      ["asked", line.asked ? `${line.asked}: ${line.asked_why}` : none],
      ["hardware", line.hardware ?? none],
      ["source", link(line.source + (line.table ? `, ${line.table}` : ""), line.url)],
      ["kind of source", line.kind],
      ["verified", published ? (line.verified ? "seen in the source itself" : "not seen in the source itself") : "the figures follow from the verdicts that the submission carries"],
      ...(line.low == null ? [] : [["95 % interval", `${board.interval(line)}, ${line.method}`]]),
      ...(line.floors ?? []).map(([name, value]) => [`floor: ${name}`, value]),
      ...(line.ttft == null ? [] : [["time to first token", `${Number(line.ttft.toPrecision(3))} s${line.ttft_of ? ` (${line.ttft_of})` : ""}`]]),
      ...(line.memory == null ? [] : [["accelerator memory", `${Number(line.memory.toPrecision(4))} GB${line.memory_of ? ` (${line.memory_of})` : ""}`]]),
      ...(line.facts ?? []),
      ...(published ? [] : [["file", link(`${line.submission}.json`, board.file(line))]]),
      ["address of this row", link(line.id, board.address({ view: line.view, open: line.id }))],
    ];
  };

  const command = (line) => {
    const box = node("div", null, { className: "command" });
    if (!line.command) {
      box.append(node("p", "No command reproduces this row here: it is a figure of others."));
      return box;
    }
    const copy = node("button", "Copy", { type: "button", className: "copy" });
    copy.addEventListener("click", () => {
      navigator.clipboard?.writeText(line.command).then(() => { copy.textContent = "Copied"; }, () => {});
    });
    box.append(node("p", "To do it again:"), node("code", line.command), copy);
    return box;
  };

  board.details = (line) => {
    const box = node("div", null, { className: "facts" });
    (line.warnings ?? []).forEach((warning) => {
      const said = node("div", null, { className: "notice" });
      said.append(node("strong", warning.title), ...warning.evidence.map((text) => node("p", text)));
      box.append(said);
    });
    const others = [
      ...(line.again ?? []).map((one) => `Others got ${one.figure} (${one.what}): ${one.note}.`),
      ...(line.claims ?? []).map((one) => `The claim was ${one.figure} (${one.what}).`),
    ];
    others.forEach((text) => box.append(node("p", text, { className: "notice" })));
    const list = node("dl");
    pairs(line).forEach(([name, what]) => {
      const said = node("dd");
      said.append(what);
      list.append(node("dt", name), said);
    });
    box.append(list, command(line));
    return box;
  };
})();
