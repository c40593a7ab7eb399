// The page: files, filters, search, keys. Everything starts here.

const HELP = [
  ["j or ↓", "next change"], ["k or ↑", "change before"], ["n", "next change not decided yet"],
  ["a", "accept"], ["r", "reject, leave the text as it was"], ["1 to 9", "take one of the other readings"],
  ["t", "type another text"], ["u", "undo"], ["A, R", "accept, reject all of the same change"],
  ["/", "search; Enter goes on, Shift+Enter back"], ["s", "save"], ["Enter", "from the text to the buttons"],
  ["Esc", "back to the text"], ["?", "this help"],
];

(() => {
  const data = JSON.parse(byId("data").textContent);
  const files = data.files.map((one) => new ReviewedFile(one));
  const main = byId("text");
  const card = byId("card");
  const inline = matchMedia("(max-width: 74.99rem) and (max-height: 29.99rem)");
  const shown = new Set(Object.keys(STATES));
  const view = { file: null, current: null, parts: [], part: 0, only: false, rule: "", sure: "", query: "", hits: [], hit: -1, keys: true };

  let quiet = 0;
  const say = (text) => {
    byId("said").textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => { byId("said").textContent = ""; }, 8000);
  };

  const matches = (item) => {
    if (!shown.has(view.file.state(item))) return false;
    if (view.rule && !item.rules.some((rule) => rule === view.rule || (view.rule.endsWith("*") && rule.startsWith(view.rule.slice(0, -1))))) return false;
    if (view.sure) {
      const [least, most] = view.sure.split("-").map(Number);
      if (item.sure < least || item.sure >= most) return false;
    }
    return true;
  };

  // drawing

  const drawHead = () => {
    const { file } = view;
    const { decided } = file;
    byId("progress-text").textContent = `${decided.toLocaleString("en")} of ${file.items.length.toLocaleString("en")} decided`;
    byId("progress").value = file.items.length ? decided / file.items.length : 1;
    byId("undo").disabled = !file.past.length;
    const counts = Object.fromEntries(Object.keys(STATES).map((state) => [state, 0]));
    for (const item of file.items) counts[file.state(item)] += 1;
    for (const [state, number] of Object.entries(counts)) byId(`count-${state}`).textContent = number.toLocaleString("en");
  };

  const place = () => {
    let total = 0;
    let number = 0;
    for (const item of view.file.items) {
      if (!matches(item) && item !== view.current) continue;
      total += 1;
      if (item === view.current) number = total;
    }
    return { number, total };
  };

  const setCard = () => {
    // on a low screen the card stands in the text, right behind the change
    const mark = inline.matches && view.current ? markOf(view.current) : null;
    if (mark) mark.after(card);
    else if (card.parentElement !== byId("side")) byId("side").append(card);
    byId("side").hidden = inline.matches && Boolean(mark);
    drawCard(card, view.file, view.current, place(), act);
  };

  const partBar = () => {
    const bar = make("nav", "parts");
    bar.setAttribute("aria-label", "Parts of the text");
    if (view.parts.length < 2) return bar;
    const number = view.part + 1;
    const back = button("← Part before", () => turn(view.part - 1));
    const on = button("Next part →", () => turn(view.part + 1));
    back.disabled = number === 1;
    on.disabled = number === view.parts.length;
    const jump = make("input");
    jump.type = "number";
    jump.min = 1;
    jump.max = view.parts.length;
    jump.value = number;
    jump.addEventListener("change", () => turn(Math.min(view.parts.length, Math.max(1, Number(jump.value) || 1)) - 1));
    bar.append(back, make("label", "", "Part ", jump, ` of ${view.parts.length.toLocaleString("en")}`), on);
    return bar;
  };

  const draw = (row) => {
    const element = drawRow(view.file, row, matches, view.current);
    element.classList.toggle("hit", row === view.hitRow);
    return element;
  };

  const drawPart = () => {
    if (main.contains(card)) byId("side").append(card);
    const head = make("div", "columns", make("span"), make("span", "", "Original"), make("span", "", "Cleaned"));
    head.setAttribute("aria-hidden", "true");
    const out = [partBar(), head];
    let last = null;
    for (const row of view.parts[view.part] ?? []) {
      if (last && row.index > last.index + 1) out.push(make("p", "skipped quiet", `⋯ ${count(row.index - last.index - 1, "paragraph")} without`));
      out.push(draw(row));
      last = row;
    }
    if (!last) out.push(make("p", "quiet", "No paragraph is shown by this filter."));
    out.push(partBar());
    main.replaceChildren(...out);
    highlight();
  };

  const layParts = () => {
    const rows = view.only ? view.file.rows.filter((row) => row.items.some(matches)) : view.file.rows;
    view.parts = makeParts(rows);
    view.rowPart = new Map();
    view.parts.forEach((part, number) => part.forEach((row) => view.rowPart.set(row, number)));
    view.part = view.rowPart.get(view.current?.row) ?? 0;
  };

  const redraw = () => {
    layParts();
    drawPart();
    setCard();
    drawHead();
  };

  const redrawRows = (items) => {
    const stale = new Set(items);
    for (const row of view.parts[view.part] ?? []) {
      if (!row.items.some((item) => stale.has(item))) continue;
      const old = main.querySelector(`[data-row="${row.index}"]`);
      if (old?.contains(card)) byId("side").append(card);
      old?.replaceWith(draw(row));
    }
    highlight();
  };

  const turn = (part) => {
    view.part = part;
    drawPart();
    const first = view.parts[part]?.flatMap((row) => row.items).find(matches);
    if (first) choose(first, { scroll: false });
    else setCard();
    scrollTo({ top: 0 });
    main.focus({ preventScroll: true });
  };

  // moving

  const markOf = (item) => main.querySelector(`.now[data-items~="${item.index}"]`) ?? main.querySelector(`.mark[data-items~="${item.index}"]`);

  const choose = (item, { focus = true, scroll = true, also = [] } = {}) => {
    const before = view.current;
    view.current = item;
    if (item && view.rowPart.has(item.row) && view.rowPart.get(item.row) !== view.part) {
      view.part = view.rowPart.get(item.row);
      drawPart();
    } else redrawRows([before, item, ...also].filter(Boolean));
    setCard();
    const mark = item && markOf(item);
    if (!mark) return;
    if (focus) mark.focus({ preventScroll: true });
    if (!scroll) return;
    const box = mark.getBoundingClientRect();
    const top = byId("top").getBoundingClientRect().bottom;
    const sheet = getComputedStyle(byId("side")).position === "fixed" ? byId("side").offsetHeight : 0;
    const above = Math.max(0, top);
    if (inline.matches) mark.scrollIntoView({ block: "start" });
    else if (box.top < above + 30 || box.bottom > innerHeight - sheet - 40) {
      scrollBy({ top: box.top - above - (innerHeight - above - sheet) * 0.4 });
    }
  };

  const neighbour = (step, fits = matches) => {
    const { items } = view.file;
    if (!items.length) return null;
    let index = view.current ? view.current.index : step > 0 ? -1 : items.length;
    for (let tried = 0; tried < items.length; tried += 1) {
      index = (index + step + items.length) % items.length;
      if (fits(items[index])) return items[index];
    }
    return null;
  };

  const go = (step) => {
    const item = neighbour(step);
    if (item) choose(item);
    else say("No other change is shown by this filter.");
  };

  const open = (item) => !view.file.choice(item) && !(item.made && view.file.displaced(item)) && matches(item);

  const goOpen = () => {
    const item = neighbour(1, open);
    if (item) choose(item);
    else say("Everything shown is decided.");
  };

  // deciding

  const after = (changed, next) => {
    if (next && next !== view.current) choose(next, { also: changed });
    else {
      redrawRows(changed);
      setCard();
      const mark = view.current && markOf(view.current);
      if (mark && !card.contains(document.activeElement)) mark.focus({ preventScroll: true });
    }
    drawHead();
  };

  const progress = () => `${view.file.decided} of ${view.file.items.length} decided.`;

  const decide = (item, choice, { move = true } = {}) => {
    const onCard = card.contains(document.activeElement) ? [...card.querySelectorAll("button, input")].indexOf(document.activeElement) : -1;
    const next = move ? neighbour(1) : null;
    const changed = view.file.decide([item], choice, item.index);
    after(changed, next);
    if (onCard >= 0) {
      const wanted = choice?.text === undefined ? (choice?.state === "rejected" ? ".reject" : ".accept") : ".typed input";
      const target = card.querySelector(wanted) ?? card.querySelector("button");
      (target && !target.disabled ? target : card.querySelector(".reject"))?.focus({ preventScroll: true });
    }
    say(`${choice ? STATES[choice.state].label : "Taken back"}. ${progress()}`);
  };

  const act = {
    rules: data.rules,
    accept: (item) => {
      const text = view.file.choice(item)?.text;
      if (view.file.canAccept(item)) decide(item, text === undefined ? { state: "accepted" } : { state: "accepted", text });
      else say("There is nothing to accept: type a text, or leave it as it is.");
    },
    reject: (item) => decide(item, { state: "rejected" }),
    reset: (item) => decide(item, null, { move: false }),
    use: (item, text) => {
      if (text === item.removed) decide(item, { state: "rejected" }, { move: false });
      else decide(item, text === item.proposed && !item.note ? { state: "accepted" } : { state: "accepted", text }, { move: false });
    },
    all: (items, state, from) => {
      const chosen = state === "accepted" ? items.filter((item) => view.file.canAccept(item)) : items;
      const changed = view.file.decide(chosen, { state }, from.index);
      after(changed, neighbour(1, open));
      say(`${count(chosen.length, "change")} ${state}. ${progress()} Press u to undo.`);
    },
    go,
    show: (item) => choose(item),
  };

  const undo = () => {
    const done = view.file.undo();
    if (!done) {
      say("There is nothing to undo.");
      return;
    }
    redrawRows(done.items);
    drawHead();
    if (done.from !== null) choose(view.file.items[done.from]);
    say(`Undone. ${progress()}`);
  };

  // searching

  const search = () => {
    const { file } = view;
    const query = view.query.normalize("NFC");
    view.searched = view.query;
    view.hits = [];
    view.hit = -1;
    view.hitRow = null;
    if (query) {
      const plain = folded(query) === lowered(query);
      const fold = plain ? folded : lowered;
      const wanted = fold(query);
      const whole = fold(file.text);
      const rows = file.rows;
      let index = 0;
      const found = new Set();
      for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
        while (index + 1 < rows.length && rows[index + 1].start <= at) index += 1;
        found.add(rows[index]);
      }
      for (const row of rows) {
        if (!found.has(row) && row.edits.length && fold(rowCleaned(file, row)).includes(wanted)) found.add(row);
      }
      view.hits = [...found].sort((a, b) => a.index - b.index);
      view.fold = fold;
      view.wanted = wanted;
    }
    byId("search-count").textContent = query ? count(view.hits.length, "paragraph") : "";
    highlight();
  };

  const highlight = () => {
    if (!globalThis.Highlight || !CSS.highlights) return;
    CSS.highlights.delete("search");
    if (!view.query || !view.hits.length) return;
    const ranges = [];
    for (const cell of main.querySelectorAll(".cell")) {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT, (node) => (card.contains(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
      const nodes = [];
      let text = "";
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        nodes.push([text.length, node]);
        text += node.data;
      }
      const folding = view.fold(text);
      const point = (offset, end) => {
        let found = nodes[0];
        for (const one of nodes) if (one[0] < offset + (end ? 0 : 1)) found = one;
        return [found[1], offset - found[0]];
      };
      for (let at = folding.indexOf(view.wanted); at >= 0; at = folding.indexOf(view.wanted, at + view.wanted.length)) {
        const range = document.createRange();
        range.setStart(...point(at, false));
        range.setEnd(...point(at + view.wanted.length, true));
        ranges.push(range);
      }
    }
    CSS.highlights.set("search", new Highlight(...ranges));
  };

  const goHit = (step) => {
    if (!view.hits.length) {
      if (view.query) say("Nothing found.");
      return;
    }
    view.hit = view.hit < 0 ? (step > 0 ? 0 : view.hits.length - 1) : (view.hit + step + view.hits.length) % view.hits.length;
    const row = view.hits[view.hit];
    if (!view.rowPart.has(row)) {
      view.only = byId("only").checked = false;
      layParts();
      drawPart();
    }
    if (view.rowPart.get(row) !== view.part) {
      view.part = view.rowPart.get(row);
      drawPart();
      setCard();
    }
    main.querySelector(".row.hit")?.classList.remove("hit");
    view.hitRow = row;
    const inside = row.items.find(matches);
    if (inside) choose(inside, { focus: false, scroll: false });
    const element = main.querySelector(`[data-row="${row.index}"]`);
    element.classList.add("hit");
    element.scrollIntoView({ block: "center" });
    byId("search-count").textContent = `${view.hit + 1} of ${count(view.hits.length, "paragraph")}`;
  };

  // files

  const openFile = (index) => {
    const file = files[index];
    file.rows ??= makeRows(file);
    view.file = file;
    view.current = null;
    byId("title").textContent = file.name;
    const rules = [...new Set(file.items.flatMap((item) => item.rules))].sort();
    const families = [...new Set(rules.map((rule) => rule.replace(/\d+$/, "")))];
    const options = [["", "all"]];
    for (const family of families) {
      const own = rules.filter((rule) => rule.startsWith(family));
      if (own.length > 1) options.push([`${family}*`, `${family}: all`]);
      own.forEach((rule) => options.push([rule, `${rule} ${data.rules[rule].name}`]));
    }
    byId("rule").replaceChildren(...options.map(([value, label]) => {
      const option = make("option", "", label);
      option.value = value;
      return option;
    }));
    view.rule = "";
    byId("review").hidden = false;
    byId("files").hidden = true;
    byId("files-button").hidden = files.length < 2;
    document.body.classList.add("reviewing");
    layParts();
    redraw();
    view.query = byId("search").value;
    search();
    main.querySelectorAll(".said").forEach((one) => one.remove());
    for (const note of file.notes) main.prepend(make("p", "said notice", note));
    if (!file.stored) main.prepend(make("p", "said notice", "This browser keeps nothing for this page: save your decisions before you close it."));
    scrollTo({ top: 0 });
    const first = file.items.find(open) ?? file.items.find(matches) ?? null;
    choose(first, { focus: false });
  };

  const listFiles = () => {
    const table = make("table");
    const head = make("tr");
    ["File", "Changes", "Decided", ""].forEach((name, i) => {
      const cell = make("th", i === 1 || i === 2 ? "num" : "", name);
      cell.scope = "col";
      head.append(cell);
    });
    const body = make("tbody");
    files.forEach((file, index) => {
      const name = make("th", "", file.name);
      name.scope = "row";
      const go = button(file.items.length ? "Review" : "Look", () => openFile(index));
      go.setAttribute("aria-label", `Review ${file.name}`);
      body.append(make("tr", "", name, make("td", "num", String(file.items.length)), make("td", "num", String(file.decided)), make("td", "", go)));
    });
    table.append(make("thead", "", head), body);
    byId("files").querySelector("table")?.remove();
    byId("files").append(table);
    byId("files").hidden = false;
    byId("review").hidden = true;
    byId("files-button").hidden = true;
    document.body.classList.remove("reviewing");
    byId("title").textContent = `${files.length} files`;
  };

  // starting

  const openDialog = (dialog) => {
    if (!dialog.open) dialog.showModal();
  };
  const save = () => {
    view.file.store();
    drawSave(byId("save"), data, files, view.file, (what) => {
      redraw();
      say(what);
    });
    openDialog(byId("save"));
  };
  const help = () => {
    const title = make("h2", "", "Help");
    title.id = "help-title";
    const keys = make("dl", "keys");
    HELP.forEach(([key, what]) => keys.append(make("div", "", make("dt", "", make("kbd", "", key)), make("dd", "", what))));
    const legend = make("ul", "legend");
    for (const [state, info] of Object.entries(STATES)) {
      legend.append(make("li", "", make("span", `pill ${state}`, `${info.sign} ${info.label}`), ` ${info.means}`));
    }
    const single = make("input");
    single.type = "checkbox";
    single.checked = view.keys;
    single.addEventListener("change", () => { view.keys = single.checked; });
    byId("help").replaceChildren(
      title,
      make("p", "", "Left is the text as it was, right as it would be saved. Accept what is right and reject what is wrong; repairs that you do not decide on are kept, suggestions are not made."),
      legend, keys, make("label", "check", single, " Use keys"),
      make("div", "foot", button("Close", () => byId("help").close())),
    );
    openDialog(byId("help"));
    title.tabIndex = -1; // the focus begins at the top: a small window would else show the end
    title.focus();
  };

  for (const [state, info] of Object.entries(STATES)) {
    const box = make("input");
    box.type = "checkbox";
    box.checked = true;
    box.id = `state-${state}`;
    box.addEventListener("change", () => {
      if (box.checked) shown.add(state);
      else shown.delete(state);
      refilter();
    });
    const number = make("span", "num");
    number.id = `count-${state}`;
    byId("states").append(make("label", `pill ${state}`, box, ` ${info.sign} ${info.label} `, number));
  }
  const refilter = () => {
    if (view.current && !matches(view.current)) view.current = neighbour(1) ?? null;
    else view.current ??= neighbour(1);
    redraw();
  };
  byId("rule").addEventListener("change", (event) => { view.rule = event.target.value; refilter(); });
  byId("sure").addEventListener("change", (event) => { view.sure = event.target.value; refilter(); });
  byId("only").addEventListener("change", (event) => { view.only = event.target.checked; refilter(); });
  let waiting = 0;
  byId("search").addEventListener("input", (event) => {
    view.query = event.target.value;
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(waiting);
    if (view.searched !== view.query) search();
    goHit(event.shiftKey ? -1 : 1);
  });
  byId("search-on").addEventListener("click", () => goHit(1));
  byId("search-back").addEventListener("click", () => goHit(-1));
  byId("files-button").addEventListener("click", listFiles);
  byId("undo").addEventListener("click", undo);
  byId("save-button").addEventListener("click", save);
  byId("help-button").addEventListener("click", help);

  const themes = ["auto", "light", "dark"];
  const setTheme = (theme) => {
    document.documentElement.dataset.theme = theme;
    byId("theme").textContent = `Theme: ${theme}`;
    try {
      localStorage.setItem("ocrfix-review-theme", theme);
    } catch { /* it holds for this visit only */ }
  };
  byId("theme").addEventListener("click", () => {
    setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]);
  });
  let theme = "auto";
  try {
    theme = localStorage.getItem("ocrfix-review-theme") ?? "auto";
  } catch { /* nothing is kept */ }
  setTheme(themes.includes(theme) ? theme : "auto");

  main.addEventListener("click", (event) => {
    const mark = event.target.closest(".mark");
    if (!mark || String(getSelection())) return;
    const items = mark.dataset.items.split(" ").map((index) => view.file.items[Number(index)]);
    const at = items.indexOf(view.current);
    choose(at >= 0 ? items[(at + 1) % items.length] : items.find(matches) ?? items[0], {});
  });

  const keys = {
    j: () => go(1), ArrowDown: () => go(1), k: () => go(-1), ArrowUp: () => go(-1), n: goOpen,
    a: () => view.current && act.accept(view.current),
    r: () => view.current && act.reject(view.current),
    A: () => view.current && act.all(view.file.alike(view.current, "same"), "accepted", view.current),
    R: () => view.current && act.all(view.file.alike(view.current, "same"), "rejected", view.current),
    u: undo, s: save, "?": help,
    t: () => card.querySelector(".typed input")?.select(),
    "/": () => { byId("tools").open = true; byId("search").select(); },
  };
  document.addEventListener("keydown", (event) => {
    if (!view.file || byId("review").hidden || document.querySelector("dialog[open]")) return;
    const inField = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && (inField || card.contains(event.target))) {
      (view.current && markOf(view.current) || main).focus();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !inField) {
      event.preventDefault();
      undo();
      return;
    }
    if (inField || event.ctrlKey || event.metaKey || event.altKey || !view.keys) return;
    const onMark = event.target.matches(".mark");
    if (onMark && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      card.querySelector("button:not(:disabled)")?.focus();
      return;
    }
    if (event.key.startsWith("Arrow") && !onMark) return;
    const reading = /^[1-9]$/.test(event.key) ? card.querySelectorAll(".reading")[Number(event.key) - 1] : null;
    const run = reading ? () => reading.click() : Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!run) return;
    event.preventDefault();
    run();
  });
  addEventListener("pagehide", () => files.forEach((file) => file.past.length && file.store()));
  inline.addEventListener("change", () => view.file && redraw());
  new ResizeObserver(() => {
    const { position, height } = getComputedStyle(byId("top"));
    document.documentElement.style.setProperty("--top", position === "sticky" ? height : "0px");
  }).observe(byId("top"));
  if (!matchMedia("(min-width: 48rem) and (min-height: 30rem)").matches) byId("tools").open = false;

  if (data.failures.length) {
    byId("failures").hidden = false;
    byId("failures").querySelector("ul").append(...data.failures.map((text) => make("li", "", text)));
  }
  if (files.length === 1) openFile(0);
  else if (files.length) listFiles();
  else byId("title").textContent = "No files";
})();
