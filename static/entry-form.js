// Hides what the chosen device type must leave empty, unless something stands in it. Without this, all is shown.
"use strict";

(() => {
  const type = document.getElementById("Device-Type-name");
  const boxes = document.querySelectorAll("#answers [data-empty-for]");
  if (!type || !boxes.length) return;

  const show = () => {
    for (const box of boxes) {
      const input = box.querySelector("input, select, textarea");
      const unwanted = box.dataset.emptyFor.split("|").includes(type.value);
      box.hidden = unwanted && !input.value && !box.classList.contains("wrong");
    }
    for (const group of document.querySelectorAll("#answers fieldset")) {
      const fields = [...group.querySelectorAll(".field")];
      group.hidden = fields.length > 0 && fields.every((field) => field.hidden);
    }
  };

  type.addEventListener("change", show);
  show();
})();
