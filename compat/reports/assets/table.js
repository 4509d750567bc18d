"use strict";
// A table that is searched, filtered and sorted. Its lines are data, a column at a time; only those that are looked at become nodes.
{
  const STEP = 150; // lines that become nodes at a time

  const SHOWN = {
    text: value => value,
    link: value => value,
    number: Report.number,
    deviation: Report.deviation,
    share: value => (value ? `${Report.number(value[0])}/${Report.number(value[1])}` : "–"),
  };
  const NUMERIC = ["number", "deviation", "share"];
  const SEVERAL = ["tags", "status"];

  // A number that JSON lacks comes as a text; nan is sorted like infinity, since both want to be looked at.
  function amount(value) {
    return value === "nan" || value === "inf" ? Infinity : value === "-inf" ? -Infinity : value;
  }

  // What a line is sorted by: a number, or a text. What is missing comes last in either direction.
  const KEYS = {
    share: value => (value ? [value[1] - value[0], value[1]] : null),
    number: amount,
    deviation: amount,
  };

  function reader(column) {
    if (SEVERAL.includes(column.kind)) return line => column.values[line].map(place => column.strings[place]);
    if (NUMERIC.includes(column.kind)) return line => column.values[line];
    return line => column.strings[column.values[line]];
  }

  function compared(one, other) {
    if (Array.isArray(one)) return compared(one[0], other[0]) || compared(one[1], other[1]);
    return one < other ? -1 : one > other ? 1 : 0;
  }

  // One value by which to sort a column of several: the place of the first in the column's order.
  function key(column, value) {
    if (column.kind === "status" || column.kind === "tags") {
      const place = column.order.indexOf(value[0]);
      return value.length === 0 ? null : place < 0 ? column.order.length : place;
    }
    return KEYS[column.kind] ? KEYS[column.kind](value) : value.toLowerCase();
  }

  function sorted(table, lines, sort) {
    const column = table.columns.find(each => each.key === sort.replace(/^-/, ""));
    if (!column) return lines;
    const sign = sort.startsWith("-") ? -1 : 1;
    const keys = new Map(lines.map(line => [line, key(column, column.read(line))]));
    return lines.toSorted((one, other) => {
      const [first, second] = [keys.get(one), keys.get(other)];
      if (first === null || second === null) return (first === null) - (second === null);
      return sign * compared(first, second) || one - other;
    });
  }

  function occurring(column) {
    const counts = new Map();
    for (let line = 0; line < column.values.length; line++) {
      const value = column.read(line);
      for (const each of Array.isArray(value) ? value : [value]) counts.set(each, (counts.get(each) || 0) + 1);
    }
    const place = value => (column.order.includes(value) ? column.order.indexOf(value) : column.order.length);
    return [...counts].sort(([one], [other]) => place(one) - place(other) || compared(one, other));
  }

  class Table {
    constructor(root, definition) {
      Object.assign(this, definition, {root, lines: [], drawn: 0});
      this.form = root.querySelector("form");
      this.body = root.querySelector("tbody");
      this.columns.forEach(column => { column.read = reader(column); });
      this.filters = this.columns.filter(column => column.filter).map(column => this.choice(column));
      const searched = this.columns.filter(column => column.searched);
      this.texts = Array.from({length: this.size}, (_, line) => searched.map(column => String(column.read(line))).join(" ").toLowerCase());
      this.head();
      this.attend();
    }

    choice(column) {
      const values = occurring(column);
      const options = values.map(([value, count]) =>
        Report.element("option", {value}, `${column.names[value] || value} (${Report.number(count)})`));
      const select = Report.element("select", {name: column.key, "aria-label": column.filter},
        Report.element("option", {value: ""}, `${column.filter}: any`), ...options);
      select.hidden = !values.length;
      this.form.insertBefore(select, this.form.querySelector("button"));
      return {column, select};
    }

    head() {
      const titles = this.columns.filter(column => column.shown).map(column => {
        const button = Report.element("button", {type: "button", "data-sort": column.key}, column.title);
        return Report.element("th", {scope: "col", class: NUMERIC.includes(column.kind) ? "right" : null}, button);
      });
      this.root.querySelector("thead").append(Report.element("tr", {}, ...titles));
    }

    attend() {
      this.form.addEventListener("input", () => this.changed());
      this.form.addEventListener("submit", event => event.preventDefault());
      this.form.addEventListener("reset", event => {
        event.preventDefault();
        this.take(new URLSearchParams());
        Report.remember();
      });
      this.root.querySelector("thead").addEventListener("click", event => {
        const wanted = event.target.closest("button")?.dataset.sort;
        if (!wanted) return;
        // A number is first asked for from the largest on, a status from the worst on; a third click gives the report's own order back.
        const numeric = NUMERIC.includes(this.columns.find(column => column.key === wanted).kind);
        const turns = numeric ? [`-${wanted}`, wanted, ""] : [wanted, `-${wanted}`, ""];
        this.sort = turns[(turns.indexOf(this.sort) + 1) % 3];
        this.changed();
      });
      new IntersectionObserver(seen => { if (seen.some(each => each.isIntersecting)) this.more(STEP); }, {rootMargin: "600px"})
        .observe(this.root.querySelector(".rest"));
    }

    changed() {
      Report.remember();
      this.draw();
    }

    // The state as the address holds it.
    give(address) {
      const fields = {text: this.form.elements.namedItem("text").value.trim(), sort: this.sort};
      for (const {column, select} of this.filters) fields[column.key] = select.value;
      for (const [name, value] of Object.entries(fields)) if (value) address.set(this.prefix + name, value);
    }

    take(address) {
      this.form.elements.namedItem("text").value = address.get(`${this.prefix}text`) || "";
      this.sort = address.get(`${this.prefix}sort`) || "";
      for (const {column, select} of this.filters) {
        select.value = address.get(this.prefix + column.key) || "";
        if (select.selectedIndex < 0) select.value = ""; // the address asks for what does not occur here
      }
      this.draw();
    }

    chosen() {
      const words = this.form.elements.namedItem("text").value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = this.filters.filter(({select}) => select.value !== "");
      const fits = line => words.every(word => this.texts[line].includes(word)) && wanted.every(({column, select}) => {
        const value = column.read(line);
        return Array.isArray(value) ? value.includes(select.value) : value === select.value;
      });
      return Array.from({length: this.size}, (_, line) => line).filter(fits);
    }

    draw() {
      this.lines = sorted(this, this.chosen(), this.sort);
      this.drawn = 0;
      this.body.replaceChildren();
      this.more(STEP);
      const all = this.lines.length === this.size;
      this.form.querySelector("output").textContent = all ? Report.number(this.size) : `${Report.number(this.lines.length)} of ${Report.number(this.size)}`;
      for (const button of this.root.querySelectorAll("thead button")) {
        const sense = this.sort === button.dataset.sort ? "ascending" : this.sort === `-${button.dataset.sort}` ? "descending" : "none";
        button.closest("th").setAttribute("aria-sort", sense);
      }
    }

    more(count) {
      const next = this.lines.slice(this.drawn, this.drawn + count);
      this.body.append(...next.map(line => this.line(line)));
      this.drawn += next.length;
      const rest = this.root.querySelector(".rest");
      const left = this.lines.length - this.drawn;
      if (!this.lines.length) rest.replaceChildren(this.size ? "Nothing fits these filters." : this.empty);
      else if (!left) rest.replaceChildren();
      else {
        const button = Report.element("button", {type: "button"}, `Show the other ${Report.number(left)}`);
        button.addEventListener("click", () => this.more(left));
        rest.replaceChildren(button);
      }
    }

    line(line) {
      const cells = this.columns.filter(column => column.shown).map(column =>
        Report.element("td", {"data-title": column.title, class: NUMERIC.includes(column.kind) ? "right" : column.kind}, ...this.cell(column, line)));
      return Report.element("tr", {}, ...cells);
    }

    cell(column, line) {
      const value = column.read(line);
      if (column.kind === "status") return value.filter((each, place) => place === 0 || Report.tones[each] === "worst")
        .flatMap(each => [Report.badge(each, column.names[each]), " "]);
      if (column.kind === "tags") return [value.map(each => column.names[each] || each).join(", ")];
      const shown = column.names[value] || SHOWN[column.kind](value);
      if (column.kind !== "link" || !this.opens) return [shown];
      const [view, named] = this.opens;
      const target = this.columns.find(each => each.key === named).read(line);
      return [Report.element("a", {href: Report.address(view, target)}, shown)];
    }
  }

  Report.Table = Table;
}
