"use strict";
// How things are written.
(() => {
  const two = (number) => String(number).padStart(2, "0");
  const longest = 200;

  board.cut = (text) => (text.length > longest ? `${text.slice(0, longest)}…` : text);
  // Seconds as on a player, ranks as they are.
  board.time = (value, unit) => {
    if (value == null) return "-";
    if (unit !== "second") return String(value);
    const whole = Math.floor(value);
    const rest = Math.round((value - whole) * 1000);
    const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const fraction = rest ? `.${String(rest).padStart(3, "0").replace(/0+$/, "")}` : "";
    return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds)}${fraction}`;
  };
  board.milliseconds = (ns) => (ns == null ? "-" : `${ns < 1e7 ? (ns / 1e6).toFixed(2) : Math.round(ns / 1e6).toLocaleString("en")} ms`);
  board.mebibytes = (bytes) => (bytes == null ? "-" : `${Math.round(bytes / 1048576).toLocaleString("en")} MiB`);
  board.said = (text) => (text == null ? "-" : text.trim() === "" ? "(nothing)" : text);
  board.word = (answer) => {
    if (!answer) return "not run";
    if (answer.outcome !== "listened" || !answer.told) return answer.outcome;
    const { matched, missed, falseAlarms } = answer.told;
    return `${matched} of ${matched + missed} told, ${falseAlarms} false alarm${falseAlarms === 1 ? "" : "s"}`;
  };
  // A proactive question has no verdict; it counts as right here if every event was told and nothing else was.
  board.kind = (answer) => {
    if (!answer) return "none";
    if (answer.outcome !== "listened" || !answer.told) return answer.outcome.replaceAll(" ", "-");
    return answer.told.missed || answer.told.falseAlarms ? "partly" : "right";
  };
  board.signs = { right: "\u2713", wrong: "\u2717", unparsed: "?", unjudged: "\u2026", "judge-failed": "!", error: "!", "left-out": "\u2205", partly: "\u25d0", "not-asked-yet": "\u00b7", none: "\u00b7" };
})();
