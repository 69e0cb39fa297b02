"use strict";
// Runs before anything is painted, so that a dark page does not flash white.
window.board = {};
(() => {
  const key = "vstreamqa-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const isDark = () => (kept() ? kept() === "dark" : dark.matches);
  const apply = () => document.documentElement.classList.toggle("dark", isDark());
  apply();
  board.isDark = () => document.documentElement.classList.contains("dark");
  board.onTheme = (changed) => {
    const button = document.getElementById("theme");
    const show = () => {
      apply();
      button.setAttribute("aria-pressed", String(board.isDark()));
      changed();
    };
    button.addEventListener("click", () => {
      try { localStorage.setItem(key, board.isDark() ? "light" : "dark"); } catch {
        document.documentElement.classList.toggle("dark");
        return changed();
      }
      show();
    });
    dark.addEventListener("change", show);
    button.setAttribute("aria-pressed", String(board.isDark()));
  };
})();
