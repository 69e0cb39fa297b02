"use strict";
// Whatever a file says is text: it becomes part of a page as a text node, or escaped.
(() => {
  const letters = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

  board.escaped = (text) => String(text).replace(/[&<>"']/g, (one) => letters[one]);
  board.node = (tag, text, properties = {}) => {
    const made = Object.assign(document.createElement(tag), properties);
    if (text != null) made.textContent = text;
    return made;
  };
})();
