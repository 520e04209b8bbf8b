// Narrows the list of the front page to what is typed. Without it the page is the whole list.
"use strict";
(() => {
  const field = document.getElementById("wp-filter");
  const none = document.getElementById("wp-none");
  const items = [...document.querySelectorAll(".wp-shelf [data-wp-words]")];
  const groups = [...document.querySelectorAll(".wp-shelf section")].reverse();

  function show() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      item.hidden = !words.every((word) => item.dataset.wpWords.includes(word));
      if (!item.hidden) shown += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-wp-words]:not([hidden])");
    none.hidden = shown > 0;
  }

  if (!field) return;
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", show);
  if (field.value) show();
})();
