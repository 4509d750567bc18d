"use strict";
// The reader's choice of light or dark, taken up before anything is drawn. Storage may be refused; the choice then lasts for the page.
const Theme = {
  names: ["system", "light", "dark"],
  chosen: "system",
  apply(name) {
    Theme.chosen = Theme.names.includes(name) ? name : "system";
    if (Theme.chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = Theme.chosen;
  },
  read() {
    try { return localStorage.getItem("compat-theme"); } catch { return null; }
  },
  keep(name) {
    try { localStorage.setItem("compat-theme", name); } catch { /* the page is told by `chosen` alone */ }
  },
  attend(button) {
    const show = () => { button.textContent = `Theme: ${Theme.chosen}`; };
    button.addEventListener("click", () => {
      Theme.apply(Theme.names[(Theme.names.indexOf(Theme.chosen) + 1) % Theme.names.length]);
      Theme.keep(Theme.chosen);
      show();
    });
    show();
  },
};
Theme.apply(Theme.read());
