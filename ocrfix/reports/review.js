"use strict";
// The page is complete without this: it adds keys, the toolbar and unfolding for print.
(() => {
  const bar = document.querySelector(".bar");
  const where = bar.querySelector(".where");
  const select = bar.querySelector("select");
  const all = [...document.querySelectorAll(".note")];
  const folds = [...document.querySelectorAll("details.same")];
  if (!all.length && !folds.length) return;
  bar.hidden = false;
  let here = null;

  const shown = () => all.filter((n) => document.body.className === "" || n.classList.contains(document.body.className));
  const go = (step) => {
    const notes = shown();
    if (!notes.length) return;
    let place = notes.indexOf(here);
    place = place < 0 ? (step > 0 ? 0 : notes.length - 1) : (place + step + notes.length) % notes.length;
    if (here) here.classList.remove("here");
    here = notes[place];
    here.classList.add("here");
    const row = here.closest(".row");
    (row && row.offsetHeight < innerHeight * 0.8 ? row : here).scrollIntoView({ block: "center" });
    here.focus({ preventScroll: true });
    where.textContent = `${place + 1} of ${notes.length}`;
  };
  const unfold = (open) => folds.forEach((d) => { d.open = open; });

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.go) go(Number(button.dataset.go));
    else {
      const open = folds.some((d) => !d.open);
      unfold(open);
      button.textContent = open ? "Fold unchanged text" : "Unfold all text";
    }
  });
  select.addEventListener("change", () => {
    document.body.className = select.value === "all" ? "" : select.value;
    where.textContent = `${shown().length} findings`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
    if (event.key === "n" || event.key === "j") go(1);
    else if (event.key === "p" || event.key === "k") go(-1);
  });
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("a[href^='#']");
    if (!mark) return;
    const note = document.getElementById(mark.hash.slice(1));
    if (note && note.classList.contains("note")) {
      if (here) here.classList.remove("here");
      here = note;
    }
  });
  addEventListener("beforeprint", () => unfold(true));
})();
