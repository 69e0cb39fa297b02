"use strict";
// Plots, drawn by Vega-Lite with its interpreter: no text of the data is ever run.
(() => {
  const colours = { light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5b5b5b", "#7a4fd0", "#8a6d00", "#00838f"], dark: ["#56B4E9", "#E69F00", "#3ddbaa", "#ee9fcb", "#ff8a4c", "#9db8ff", "#c0c0c0", "#c3a6ff", "#e3d26f", "#5fd4dc"] };
  const config = () => ({ ...board.plotStyle(), range: { category: colours[board.isDark() ? "dark" : "light"] } });
  let views = [];
  let turn = 0;

  board.draw = async (view) => {
    const mine = ++turn;
    const place = document.getElementById("plots");
    views.forEach((one) => one.finalize());
    views = [];
    place.replaceChildren();
    // All frames first: the width of a plot is that of its frame, which the others change.
    const frames = view.plots.map((plot) => {
      const figure = board.node("figure");
      const canvas = board.node("div", null, { className: "canvas" });
      const caption = board.node("figcaption");
      caption.append(board.node("h3", plot.title), board.node("p", plot.note));
      figure.append(caption, canvas);
      place.append(figure);
      return [canvas, plot.spec];
    });
    for (const [canvas, spec] of frames) {
      const drawn = await vegaEmbed(canvas, spec, { actions: false, ast: true, renderer: "svg", config: config(), tooltip: { theme: board.isDark() ? "dark" : "light" } });
      if (mine !== turn) return drawn.view.finalize();
      views.push(drawn.view);
    }
    place.dataset.drawn = String(view.plots.length);
  };
})();
