"use strict";
// What is shown stands in the address, so that it can be sent to somebody.
(() => {
  let names = [];

  board.keepInAddress = (kept) => { names = kept; };
  board.readState = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(names.map((name) => [name, given.get(name) ?? ""]));
  };
  board.address = (state) => {
    const said = new URLSearchParams();
    names.forEach((name) => state[name] && said.set(name, state[name]));
    return `#${said}`;
  };
  // "Back" undoes a step, and nothing else.
  board.writeState = (state, isStep = false) => {
    const address = board.address(state);
    if (address === location.hash) return;
    if (isStep) location.hash = address;
    else history.replaceState(null, "", address);
  };
})();
