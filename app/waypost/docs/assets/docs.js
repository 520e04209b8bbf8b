// Search within one site, and the drawing of mermaid diagrams. Writes text only, never HTML of a page.
"use strict";
(() => {
  const root = document.body.dataset.wpRoot;
  const query = document.getElementById("wp-query");
  const results = document.getElementById("wp-results");
  let docs;

  async function load() {
    docs ??= (await (await fetch(root + "search/search_index.json")).json()).docs.map((doc) => ({
      ...doc,
      name: doc.title.toLowerCase(),
      words: doc.text.toLowerCase(),
    }));
    return docs;
  }

  function find(all, words) {
    const scored = [];
    for (const doc of all) {
      let score = 0;
      for (const word of words) {
        const named = doc.name.includes(word);
        if (!named && !doc.words.includes(word)) { score = 0; break; }
        score += named ? 3 : 1;
      }
      if (score) scored.push([score, doc]);
    }
    return scored.sort((a, b) => b[0] - a[0]).slice(0, 20).map((row) => row[1]);
  }

  function row(doc, word) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const about = document.createElement("span");
    const at = Math.max(0, doc.words.indexOf(word) - 40);
    link.href = root + doc.location;
    link.textContent = doc.title;
    about.textContent = doc.text.slice(at, at + 120);
    link.append(about);
    item.append(link);
    return item;
  }

  async function show() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? find(await load(), words) : [];
    const rows = found.map((doc) => row(doc, words[0]));
    if (words.length && !rows.length) {
      const none = document.createElement("li");
      none.textContent = "Nothing found.";
      rows.push(none);
    }
    results.replaceChildren(...rows);
    results.hidden = !rows.length;
  }

  if (location.protocol !== "file:") {
    query.closest("[hidden]").hidden = false;
    query.addEventListener("input", show);
    query.addEventListener("keydown", (event) => {
      if (event.key === "Escape") results.hidden = true;
    });
  }
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".wp-menu").open = false;
  if (globalThis.mermaid) {
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", htmlLabels: false, flowchart: { htmlLabels: false } });
    mermaid.run({ querySelector: ".mermaid", suppressErrors: true });
  }
})();
