"use strict";
// What every part of a report makes its nodes with. A text is always a text node, so that nothing in the data becomes markup.
const Report = {views: new Map(), tables: []};

{
  const embedded = JSON.parse(document.getElementById("data").textContent);
  Report.data = embedded.own;
  Report.definitions = embedded.tables;
  Report.tones = embedded.tones;
}

Report.element = function (tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
};

// A status in its colour; the word itself says it to those who do not see that.
Report.badge = function (status, shown) {
  return Report.element("span", {class: `badge tone-${Report.tones[status] || "plain"}`}, shown || status);
};

Report.number = function (value) {
  return value === null || value === undefined ? "–" : value.toLocaleString("en-US", {maximumFractionDigits: 3});
};

// A deviation: 1.2e-7. A number that JSON lacks comes as a text ("nan", "inf").
Report.deviation = function (value) {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" || value === 0 ? String(value) : value.toExponential(1);
};

// A histogram: [[label, count], …], the bars as wide as the logarithm of their count, since one decade often holds nearly all.
Report.bars = function (label, counts) {
  const largest = Math.log1p(Math.max(1, ...counts.map(([, count]) => count)));
  const lines = counts.map(([name, count]) => {
    const bar = Report.element("span", {class: "bar", "aria-hidden": "true"});
    bar.style.inlineSize = `${count ? Math.max(2, 100 * Math.log1p(count) / largest) : 0}%`;
    return Report.element("tr", {}, Report.element("th", {scope: "row"}, name),
      Report.element("td", {}, bar), Report.element("td", {class: "right"}, Report.number(count)));
  });
  return Report.element("table", {class: "bars"}, Report.element("caption", {}, label), Report.element("tbody", {}, ...lines));
};

// A small table of texts and nodes, which scrolls sideways in itself where the screen is narrow.
Report.grid = function (caption, titles, lines) {
  const head = Report.element("tr", {}, ...titles.map(title => Report.element("th", {scope: "col"}, title)));
  const body = lines.map(line => Report.element("tr", {}, ...line.map(value => Report.element("td", {}, value))));
  const table = Report.element("table", {class: "grid"}, Report.element("caption", {}, caption),
    Report.element("thead", {}, head), Report.element("tbody", {}, ...body));
  return Report.element("div", {class: "wide", tabindex: "0", role: "region", "aria-label": caption}, table);
};
