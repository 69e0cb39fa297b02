"use strict";
// How plots look on paper of either colour.
(() => {
  board.plotStyle = () => {
    const style = getComputedStyle(document.documentElement);
    const [ink, line] = ["--ink", "--line"].map((name) => style.getPropertyValue(name).trim());
    const text = { labelColor: ink, titleColor: ink, labelFont: "system-ui", titleFont: "system-ui", labelFontSize: 12, titleFontSize: 12 };
    return {
      background: "transparent",
      view: { stroke: line },
      axis: { ...text, gridColor: line, domainColor: line, tickColor: line },
      legend: { ...text, symbolBaseFillColor: ink, symbolBaseStrokeColor: ink },
    };
  };
})();
