"use strict";
// The page of a file: its lines before and after, side by side, with what is said of the uses on them, and the uses that stay as they were.
{
  const {element, badge, grid, number} = Report;
  const {diffs, plain} = Report.data;
  const STEP = 600; // rows that become nodes at a time

  const SITES = Report.definitions.uses;
  const FILES = Report.definitions.files;

  // The values of a table's line by the keys of its columns.
  function values(table, line) {
    return Object.fromEntries(table.columns.map(column => [column.key, column.read(line)]));
  }

  function linesOf(table, name) {
    const file = table.columns.find(column => column.key === "file");
    return Array.from({length: table.size}, (_, line) => line).filter(line => file.read(line) === name).map(line => values(table, line));
  }

  function text(segments, kind, tag) {
    return element("td", {class: `text ${kind}`}, ...segments.map((each, place) => (place % 2 ? element(tag, {}, each) : each)));
  }

  function side(segments, at, kind, tag) {
    if (!segments) return [element("td", {class: "at none"}), element("td", {class: "text none"})];
    return [element("td", {class: `at ${kind}`}, String(at)), text(segments, kind, tag)];
  }

  function sameRow(line, at, newAt) {
    return element("tr", {class: "same"}, ...side([line], at, "", "span"), ...side([line], newAt, "", "span"));
  }

  function wide(kind, ...nodes) {
    return element("tr", {class: kind}, element("td", {colspan: "4"}, ...nodes));
  }

  function counted(count, noun) {
    return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
  }

  // The row that stands for lines which are the same; where the page holds them, a button puts them in its place.
  function fold(lines, count, at, newAt) {
    if (!lines) return wide("fold", `⋯ ${counted(count, "line")} the same`);
    const button = element("button", {type: "button"}, `⋯ show ${counted(count, "line")}`);
    const row = wide("fold", button);
    button.addEventListener("click", () => row.replaceWith(...lines.map((line, place) => sameRow(line, at + place, newAt + place))));
    return row;
  }

  function* remarks(uses, at) {
    for (const use of uses.get(at) || [])
      yield () => wide("remark", badge(use.became[0]), ` ${use.api}: ${use.why}`);
  }

  // A function for each row, which makes it; so that only the rows that are looked at become nodes.
  function* rows(blocks, uses) {
    let [at, newAt] = [1, 1];
    for (const block of blocks) {
      const [start, newStart] = [at, newAt];
      if (typeof block === "number" || block.fold) {
        const count = block.fold ? block.fold.length : block;
        yield () => fold(block.fold, count, start, newStart);
        [at, newAt] = [at + count, newAt + count];
      } else if (Array.isArray(block)) {
        for (const [place, line] of block.entries()) {
          yield () => sameRow(line, start + place, newStart + place);
          yield* remarks(uses, start + place);
        }
        [at, newAt] = [at + block.length, newAt + block.length];
      } else {
        for (const [old, fresh] of block.rows) {
          const [line, newLine] = [at, newAt];
          yield () => element("tr", {class: "changed"}, ...side(old, line, "old", "del"), ...side(fresh, newLine, "new", "ins"));
          if (old) yield* remarks(uses, at++);
          if (fresh) newAt++;
        }
      }
    }
  }

  function diff(part, sites) {
    const uses = new Map();
    for (const site of sites) {
      if ((site.cell || 0) !== part.cell || plain.includes(site.code)) continue;
      uses.set(site.line, [...(uses.get(site.line) || []), site]);
    }
    const body = element("tbody");
    const title = part.cell ? `Cell ${part.cell}` : "Before and after";
    const columns = ["at", "text", "at", "text"].map(kind => element("col", {class: kind}));
    const heads = ["Before", "After"].map(head => element("th", {scope: "colgroup", colspan: "2"}, head));
    const table = element("table", {class: "diff"}, element("caption", {class: part.cell ? null : "unseen"}, title),
      element("colgroup", {}, ...columns), element("thead", {}, element("tr", {}, ...heads)), body);
    const made = [...rows(part.blocks, uses)];
    const rest = element("p");
    const more = count => {
      body.append(...made.splice(0, count).map(make => make()));
      if (!made.length) return rest.replaceChildren();
      const button = element("button", {type: "button"}, `Show the other ${number(made.length)} rows`);
      button.addEventListener("click", () => more(made.length));
      return rest.replaceChildren(button);
    };
    more(STEP);
    return [table, rest];
  }

  function facts(entries) {
    return element("dl", {class: "facts"}, ...entries.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  }

  function left(sites) {
    const staying = sites.filter(site => !["converted", "adapted"].includes(site.became[0]));
    if (!staying.length) return [];
    const lines = staying.map(site =>
      [site.cell ? `cell ${site.cell}: ${site.line}` : String(site.line), site.api, badge(site.became[0]), site.why]);
    return [element("h3", {}, "Not converted"), grid(counted(staying.length, "use"), ["Line", "API", "Became", "Why"], lines)];
  }

  function changes(name, state, sites) {
    if (state === "not ported") return [];
    if (state === "unchanged") return [element("p", {class: "soft"}, "Nothing in this file changed.")];
    if (!diffs[name]) return [element("p", {class: "soft"}, "The diff of this file is not in this page, to keep it small.")];
    return diffs[name].flatMap(part => diff(part, sites));
  }

  Report.view("file", name => {
    const [file] = linesOf(FILES, name);
    if (!file) return null;
    const sites = linesOf(SITES, name);
    const counts = FILES.columns.filter(column => Report.tones[column.key] && column.kind === "number").map(({key}) => [key, number(file[key])]);
    const problem = file.problem ? [element("p", {class: "tone-bad"}, `Not ported: ${file.problem}`)] : [];
    return {title: name, nodes: [facts([["lines", number(file.lines)], ...counts]), ...problem, ...changes(name, file.state[0], sites), ...left(sites)]};
  });
}
