"use strict";
// What is shown stands in the address, so that it can be sent to somebody.
(() => {
  const names = ["view", "origin", "asked", "judge", "verified", "kind", "q", "sort", "open"];

  board.readState = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(names.map((name) => [name, given.get(name) ?? ""]));
  };

  board.address = (state) => {
    const said = new URLSearchParams();
    names.forEach((name) => state[name] && said.set(name, state[name]));
    return `#${said}`;
  };

  // A new suite is a step that "back" undoes; a filter is not.
  board.writeState = (state, isStep) => {
    const address = board.address(state);
    if (address === location.hash) return;
    if (isStep) location.hash = address;
    else location.replace(address);
  };
})();
