"use strict";
// The page of a row: its APIs in both directions, and of each the cases, with all that is known of where they part.
{
  const {apis, cases, parts, details, strings, bins, quantiles, checks, states, directions, left_out: leftOut} = Report.data;
  const {element, badge, number, deviation, bars, grid} = Report;
  const OPENED = 12; // cases of an API that are open from the start, if they have something to say

  const text = (column, place) => strings[column[place]];

  // Where the cases of each API, and the parts of each case, begin.
  const starts = running(apis.map(api => api[3]));
  const partStarts = running(cases.parts);

  function running(counts) {
    let sum = 0;
    return counts.map(count => (sum += count) - count);
  }

  function idOf(api, place) {
    const end = text(cases.end, place);
    return end === "" || end.startsWith(":") ? `${strings[api[1]]}:${strings[api[0]]}${end}` : end;
  }

  function quoted(id) {
    return /^[\w@%+=:,./-]+$/.test(id) ? id : `'${id.replaceAll("'", `'"'"'`)}'`;
  }

  function facts(entries) {
    const made = entries.filter(([, value]) => value !== "" && value !== null).map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    return element("dl", {class: "facts"}, ...made);
  }

  function checksOf(place) {
    return checks.filter((_, bit) => cases.checks[place] & (1 << bit)).join(", ");
  }

  function ended(place) {
    const ending = text(cases.ending, place);
    const side = text(cases.side, place);
    return side ? `${ending} in ${side}` : ending;
  }

  function partTable(first, count) {
    const lines = Array.from({length: count}, (_, index) => first + index).map(part => [
      text(parts.name, part), `${text(parts.dtype, part)}[${text(parts.shape, part)}]`,
      deviation(parts.abs[part]), deviation(parts.rel[part]), number(parts.ulp[part]),
    ]);
    return grid("Largest errors", ["Compared", "Reference", "absolute", "relative", "ULP"], lines);
  }

  // `told` is what the case itself says, which is what its first differing part does.
  function detailOf(part, told) {
    const found = details[part];
    if (!found) return [];
    const name = text(parts.name, part);
    const finding = `${name}: ${found.detail}`;
    const nodes = [element("h4", {}, finding === told ? name : finding)];
    if (found.elements) nodes.push(facts([
      ["differing", `${number(found.differing)} of ${number(found.elements)}`],
      ["NaN on one side", found.nan ? number(found.nan) : ""], ["infinite otherwise", found.inf ? number(found.inf) : ""],
    ]));
    if (found.abs.length) nodes.push(grid(`${name}: errors`, ["", "mean", ...quantiles.map(each => `${Math.round(100 * each)} %`)], [
      ["absolute", deviation(found.mean[0]), ...found.abs.map(deviation)],
      ["relative", deviation(found.mean[1]), ...found.rel.map(deviation)],
    ]));
    if (found.histogram.length) nodes.push(histogram(`${name}: elements by relative error`, found.histogram));
    if (found.first.length) nodes.push(grid(`${name}: the first that differ`, ["index", "reference", "here"], found.first.map(([index, ...two]) => [`[${index}]`, ...two])));
    return nodes;
  }

  function histogram(label, counts) {
    return bars(label, bins.map((bin, place) => [bin, counts[place] || 0]));
  }

  function inside(api, place) {
    const first = partStarts[place];
    const count = cases.parts[place];
    const [detail, reason] = [text(cases.detail, place), text(cases.reason, place)];
    return [
      element("p", {}, "Replay: ", element("code", {class: "replay"}, `compat parity --case ${quoted(idOf(api, place))}`)),
      facts([
        ["held against", text(cases.reference, place)], ["ended", ended(place)], ["seconds", cases.seconds[place] ? number(cases.seconds[place]) : ""],
      ]),
      detail && element("p", {}, detail),
      reason && element("p", {class: "soft"}, reason),
      count ? partTable(first, count) : null,
      ...Array.from({length: count}, (_, index) => detailOf(first + index, detail)).flat(),
    ].filter(Boolean);
  }

  function changed(place) {
    const found = text(cases.changed, place);
    return found ? [" ", element("strong", {class: "change"}, found)] : [];
  }

  // A case: one line, and behind it what is known, made when it is opened.
  function caseOf(api, place, open) {
    const state = text(cases.state, place);
    const ending = text(cases.ending, place);
    const about = [text(cases.style, place), text(cases.dtype, place), checksOf(place)].filter(Boolean).join(" · ");
    const other = ending && ending !== state ? [badge(ending, ended(place)), " "] : [];
    const off = cases.deviation[place] ? ` · off by ${deviation(cases.deviation[place])}` : "";
    const summary = element("summary", {}, badge(state, ending === state ? ended(place) : state), " ", ...other,
      element("strong", {}, text(cases.fixture, place)), " ", element("span", {class: "soft"}, about + off), ...changed(place));
    const made = element("details", {class: "case", "data-state": state}, summary);
    const fill = () => { if (made.children.length === 1) made.append(...inside(api, place)); };
    made.addEventListener("toggle", () => { if (made.open) fill(); });
    if (open) {
      fill();
      made.open = true;
    }
    return made;
  }

  function apiOf(index) {
    const api = apis[index];
    const [name, imitated, , count, counts] = api;
    const gravity = place => states.indexOf(text(cases.state, place));
    const places = Array.from({length: count}, (_, offset) => starts[index] + offset).sort((one, other) => gravity(one) - gravity(other) || one - other);
    const worth = new Set(places.filter(place => gravity(place) < states.indexOf("agrees") || text(cases.ending, place)).slice(0, OPENED));
    const sums = new Map();
    for (const place of places) sums.set(text(cases.state, place), (sums.get(text(cases.state, place)) || 0) + 1);
    const counted = states.filter(state => sums.has(state)).flatMap(state => [badge(state, `${state}: ${number(sums.get(state))}`), " "]);
    return [
      element("h3", {}, strings[name]),
      element("p", {}, element("span", {class: "soft"}, `${directions[strings[imitated]] || strings[imitated]}: `), ...counted),
      counts.length ? element("details", {}, element("summary", {}, "Relative error of every element compared"), histogram("Elements by relative error", counts)) : null,
      ...places.map(place => caseOf(api, place, worth.has(place))),
    ].filter(Boolean);
  }

  // A row is found by its own name and by that of any of its APIs.
  function rowOf(name) {
    if (apis.some(api => strings[api[2]] === name)) return name;
    const found = apis.find(api => strings[api[0]] === name);
    return found ? strings[found[2]] : null;
  }

  Report.view("row", name => {
    const row = rowOf(name);
    if (row === null) return null;
    const shown = [...apis.keys()].filter(index => strings[apis[index][2]] === row);
    const note = leftOut ? [element("p", {class: "note"}, "So much differs that this page holds the details of a part of it; results.jsonl has all.")] : [];
    return {title: row, nodes: [...note, ...shown.flatMap(apiOf)]};
  });
}
