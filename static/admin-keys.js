// Keys of the review page, told under “Keys”: each goes where the element with that `data-key` leads, and does
// nothing else. Not while somebody types, not with Ctrl or Alt, and not where they were turned off.
"use strict";

(() => {
  const kept = "keys-off";
  const on = document.getElementById("keys-on");
  const stored = () => {
    try {
      return window.localStorage.getItem(kept) === "1";
    } catch {
      return false;
    }
  };
  if (on) {
    on.checked = !stored();
    on.addEventListener("change", () => {
      try {
        if (on.checked) window.localStorage.removeItem(kept);
        else window.localStorage.setItem(kept, "1");
      } catch {
        // Without storage the choice lasts as long as the page.
      }
    });
  }

  const typing = (element) =>
    element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

  const open = (summary) => {
    const details = summary.parentElement;
    const first = details.querySelector("form input:not([type=hidden]), form select, form textarea");
    if (summary.dataset.key === "?") details.open = !details.open;
    else details.open = true;
    (details.open && first ? first : summary).focus();
    details.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    if (on && !on.checked) return;
    if (typing(event.target)) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "A") target.click();
    else if (target.tagName === "SUMMARY") open(target);
    else target.focus();
  });
})();
