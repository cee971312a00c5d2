// Hides what the chosen device type must leave empty, unless something stands in it. Without this, all is shown.
// Marks a field whose problems were just told, and says when the form could not be saved of its own accord.
"use strict";

(() => {
  const form = document.getElementById("answers");
  if (!form) return;
  const type = document.getElementById("Device-Type-name");
  const boxes = form.querySelectorAll("[data-empty-for]");

  const show = () => {
    for (const box of boxes) {
      const input = box.querySelector("input:not([type=hidden], [type=checkbox]), select, textarea");
      const unwanted = box.dataset.emptyFor.split("|").includes(type.value);
      box.hidden = unwanted && !input.value && !box.classList.contains("wrong");
    }
    for (const group of form.querySelectorAll("fieldset")) {
      const fields = [...group.querySelectorAll(".field")];
      group.hidden = fields.length > 0 && fields.every((field) => field.hidden);
    }
  };
  if (type && boxes.length) {
    type.addEventListener("change", show);
    show();
  }

  // What was told of a field marks it, as the server would have marked it.
  form.addEventListener("htmx:afterSwap", (event) => {
    const field = event.target.closest(".field");
    if (!field || !event.target.classList.contains("remarks")) return;
    const wrong = event.target.querySelector(".remark.refuse") !== null;
    const input = field.querySelector("[hx-post]");
    field.classList.toggle("wrong", wrong);
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  });

  const saved = document.getElementById("saved");
  const failed = (why) => {
    const words = document.createElement("p");
    words.className = "note warning";
    words.setAttribute("role", "alert");
    words.textContent = `Not saved: ${why}. Press “Save draft”.`;
    saved.replaceChildren(words);
  };
  form.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt === saved) failed("the portal cannot be reached");
  });
  form.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt === saved) failed(`the portal answered ${event.detail.xhr.status}`);
  });
  // Whoever is signed out meanwhile is led to the sign-in, which is no part of this page.
  form.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, elt } = event.detail;
    const asked = new URL(requestConfig.path, window.location.href).pathname;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== asked) {
      event.detail.shouldSwap = false;
      if (elt === saved) failed("you are signed out");
    }
  });
})();
