"use strict";
// What the address behind # says is shown: the page of one thing (`#row=…`), or the report itself with its tables filtered.
{
  const main = document.getElementById("main");
  const view = document.getElementById("view");
  const title = document.title;
  let scrolled = 0;

  // `draw` gets a name and returns {title, nodes}, or null where the report has nothing of that name.
  Report.view = function (name, draw) {
    Report.views.set(name, draw);
  };

  Report.address = function (name, value) {
    return `#${new URLSearchParams({[name]: value})}`;
  };

  function asked() {
    const address = new URLSearchParams(location.hash.slice(1));
    return {address, name: [...Report.views.keys()].find(each => address.has(each))};
  }

  // The filters go into the address in place, so that "back" leaves the report and does not undo a letter at a time.
  Report.remember = function () {
    const address = new URLSearchParams();
    for (const table of Report.tables) table.give(address);
    Report.overview = `#${address}`;
    history.replaceState(history.state, "", address.size ? Report.overview : location.pathname + location.search);
  };

  function back() {
    const link = Report.element("a", {href: Report.overview || "#", class: "back"}, "← all of the report");
    return Report.element("p", {}, link);
  }

  function showView(name, value) {
    if (!main.hidden) scrolled = window.scrollY;
    const drawn = Report.views.get(name)(value) || {title: value, nodes: [Report.element("p", {}, "This report holds nothing of that name.")]};
    const heading = Report.element("h2", {tabindex: "-1"}, drawn.title);
    view.replaceChildren(back(), heading, ...drawn.nodes);
    main.hidden = true;
    view.hidden = false;
    document.title = `${drawn.title} – ${title}`;
    window.scrollTo(0, 0);
    heading.focus({preventScroll: true});
  }

  function showMain(address) {
    const returns = main.hidden;
    main.hidden = false;
    view.hidden = true;
    view.replaceChildren();
    document.title = title;
    Report.overview = location.hash || "#";
    for (const table of Report.tables) table.take(address);
    if (returns) window.scrollTo(0, scrolled);
  }

  function show() {
    const {address, name} = asked();
    if (name) showView(name, address.get(name));
    else showMain(address);
  }

  // A link to a part of the page (`data-section`) leaves the address alone, which holds the filters; one that sets filters
  // (`data-show`) goes to the table that it filters.
  function follow(event) {
    const {section, show: filtered} = event.target.closest("a[data-section], a[data-show]")?.dataset || {};
    const target = document.getElementById(section || filtered);
    if (section) event.preventDefault();
    if (target) requestAnimationFrame(() => {
      target.scrollIntoView();
      target.focus({preventScroll: true});
    });
  }

  Report.start = function () {
    Theme.attend(document.getElementById("theme"));
    for (const root of document.querySelectorAll("[data-table]"))
      Report.tables.push(new Report.Table(root, Report.definitions[root.dataset.table]));
    document.addEventListener("click", follow);
    window.addEventListener("hashchange", show);
    show();
  };
}
