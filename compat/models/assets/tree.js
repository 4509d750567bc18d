"use strict";
// The buttons above the tree open and close its branches.
for (const button of document.querySelectorAll("[data-tree]"))
  button.addEventListener("click", () => {
    for (const branch of document.querySelectorAll(".tree details"))
      branch.open = button.dataset.tree === "all" || (button.dataset.tree === "differs" && ["differs", "inside"].includes(branch.dataset.state));
  });
