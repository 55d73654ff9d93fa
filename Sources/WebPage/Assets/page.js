"use strict";
// What the table of runs, the form and the page of a run under way do in the browser. All of them work without.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // Selecting runs
  const boxes = () => all("input[name=id][type=checkbox]");
  const showSelection = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    for (const button of all("[data-selected]")) {
      button.disabled = chosen === 0;
      button.textContent = chosen === 0 ? "Delete selected" : `Delete ${chosen} selected`;
    }
    for (const box of all("[data-all]")) {
      box.checked = chosen > 0 && chosen === boxes().length;
      box.indeterminate = chosen > 0 && chosen < boxes().length;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("[data-all], input[name=id]")) showSelection();
  });

  // While runs are under way the table is fetched again, unless somebody is busy with it.
  const refreshTable = async () => {
    const runs = document.getElementById("runs");
    if (!runs?.hasAttribute("data-active")) return;
    const isBusy = boxes().some((box) => box.checked) || runs.contains(document.activeElement) || document.hidden;
    if (!isBusy) {
      try {
        const response = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (response.ok) {
          const page = new DOMParser().parseFromString(await response.text(), "text/html");
          runs.replaceWith(page.getElementById("runs"));
          showSelection();
        }
      } catch { /* The server is away for a moment; the next time will do. */ }
    }
    setTimeout(refreshTable, 1500);
  };

  // A run under way
  const follow = async (section) => {
    const bar = section.querySelector("progress");
    const text = section.querySelector("[data-progress-text]");
    const { count, volume } = Backtester.format;
    for (;;) {
      try {
        const response = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
        if (response.status === 404) return location.reload();
        const progress = await response.json();
        if (progress.finished) return location.reload();
        if (progress.bars_total) {
          bar.max = progress.bars_total;
          bar.value = progress.bars_done;
          const speed = progress.bars_per_second ? `, ${volume(progress.bars_per_second)} bars a second` : "";
          text.textContent = `${count(progress.bars_done)} of ${count(progress.bars_total)} bars${speed}`;
        }
      } catch { text.textContent = "The server does not answer; trying again."; }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };

  // Another strategy has other parameters.
  const strategy = document.querySelector("[data-parameters]");
  let latest = 0;
  strategy?.addEventListener("change", async () => {
    const turn = ++latest;
    const place = document.getElementById("parameters");
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${strategy.dataset.parameters}?strategy=${encodeURIComponent(strategy.value)}`);
      const text = await response.text();
      if (turn !== latest) return;
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const page = new DOMParser().parseFromString(text, "text/html");
      place.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (turn === latest) place.textContent = `The parameters could not be fetched: ${error.message}. Choose the strategy again.`;
    }
    if (turn === latest) place.removeAttribute("aria-busy");
  });

  showSelection();
  setTimeout(refreshTable, 1500);
  all("[data-progress]").forEach(follow);
  document.querySelector("[data-focus]")?.focus();
})();
