// The text in rows: original and cleaned beside each other, with every change marked in its place.

const ROW = 2400; // a paragraph longer than this is cut, so that a choice never draws much anew
const PART = 14000; // characters of the text in one part of the page
const PART_MARKS = 120;
const LONG = 4000; // of a longer text taken out or put in, the middle is left out

/** Cut a file's text at line ends that no edit touches. */
const makeRows = (file) => {
  const { text } = file;
  const edits = file.items
    .flatMap((item) => item.edits.map((edit, number) => ({ item, edit, number })))
    .sort((a, b) => a.edit[0] - b.edit[0] || a.edit[1] - b.edit[1]);
  const rows = [];
  let next = 0;
  let reach = 0; // the end of the edits that began before here
  const passed = (place) => {
    while (next < edits.length && edits[next].edit[0] <= place) {
      if (edits[next].edit[1] > edits[next].edit[0]) reach = Math.max(reach, edits[next].edit[1]);
      next += 1;
    }
    return reach <= place;
  };
  let start = 0;
  let line = 1;
  let page = 0;
  const add = (end, after) => {
    rows.push({ start, end, line, page, edits: [], soft: after === end });
    for (let i = start; i < after; i += 1) {
      const code = text.charCodeAt(i);
      if (code === 10) line += 1;
      else if (code === 12) page += 1;
    }
    start = after;
  };
  let space = -1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 10) {
      if (passed(i)) add(i, i + 1);
    } else if (code === 32 && i - start > ROW / 2) {
      if (passed(i + 1)) space = i + 1;
      if (i - start > ROW && space > start + ROW / 2) {
        add(space, space);
      }
    }
  }
  add(text.length, text.length);
  let index = 0;
  const rowAt = (place) => {
    while (index + 1 < rows.length && rows[index + 1].start <= place) index += 1;
    return rows[index];
  };
  for (const found of edits) {
    const row = rowAt(found.edit[0]);
    row.edits.push(found);
    found.item.row ??= row;
  }
  index = 0;
  for (const item of file.items) {
    if (item.row) continue;
    index = 0;
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (rows[middle].start <= item.at) low = middle;
      else high = middle - 1;
    }
    item.row = rows[low];
    (item.row.notes ??= []).push(item);
  }
  let blank = false;
  const shown = [];
  for (const row of rows) {
    const items = [...row.edits.map((found) => found.item), ...(row.notes ?? [])];
    row.items = [...new Set(items)];
    if (!row.items.length && !text.slice(row.start, row.end).trim()) {
      blank = true;
      continue;
    }
    row.gap = blank;
    blank = false;
    row.index = shown.length;
    shown.push(row);
  }
  return shown;
};

/** The edits of a row that can be shown side by side: those that hold first. */
const placedEdits = (file, row) => {
  const placed = [];
  const hidden = [];
  const on = row.edits.map((found) => file.on(found.item));
  for (const wanted of [true, false]) {
    row.edits.forEach((found, i) => {
      if (on[i] !== wanted) return;
      const clash = placed.find((other) => overlap(other.edit, found.edit));
      if (clash) hidden.push({ found, under: clash });
      else placed.push(found);
    });
  }
  placed.sort((a, b) => a.edit[0] - b.edit[0] || a.edit[1] - b.edit[1]);
  return { placed, hidden };
};

/** The text of a row as it now is. */
const rowCleaned = (file, row) => {
  let out = "";
  let position = row.start;
  for (const found of row.edits) {
    if (!file.on(found.item)) continue;
    out += file.text.slice(position, found.edit[0]) + file.replacement(found.item, found.number);
    position = found.edit[1];
  }
  return out + file.text.slice(position, row.end);
};

const describe = (file, item) => {
  const before = item.removed.trim() ? shorten(item.removed, 60) : "space or line end";
  const text = file.replacement(item);
  const after = item.single ? text : item.proposed;
  const rule = `${item.rules.join(", ")}, ${STATES[file.state(item)].says}`;
  if (item.note && after === item.removed) return `“${before}”: ${rule}`;
  if (item.moves) return `a moved passage: ${rule}`;
  if (!item.removed) return `“${shorten(after, 60)}” put in: ${rule}`;
  if (!after) return `“${before}” taken out: ${rule}`;
  return `“${before}” becomes “${after.trim() ? shorten(after, 60) : "space"}”: ${rule}`;
};

const CARET = "‸";

/** One row of the page. `matches(item)` says whether the filter shows an item. */
const drawRow = (file, row, matches, current) => {
  const { text } = file;
  const old = make("div", "cell old");
  const now = make("div", "cell new");
  old.lang = now.lang = "vi";
  const { placed, hidden } = placedEdits(file, row);
  const under = new Map();
  for (const { found, under: clash } of hidden) {
    if (!under.has(clash.item)) under.set(clash.item, []);
    under.get(clash.item).push(found.item);
  }
  const keep = (start, end) => {
    const kept = text.slice(start, end).replaceAll("\f", "");
    if (!kept) return;
    old.append(kept);
    now.append(kept);
  };
  const mark = (content, side, item) => {
    const stands = [item, ...(under.get(item) ?? [])];
    const state = file.state(item);
    const element = make("span", `mark ${state} ${side}`, content);
    if (!stands.some(matches)) element.classList.add("aside");
    if (stands.includes(current)) element.classList.add("current");
    element.dataset.items = stands.map((one) => one.index).join(" ");
    if (side === "now") {
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", describe(file, item));
      element.tabIndex = stands.includes(current) ? 0 : -1;
    } else element.title = describe(file, item);
    return element;
  };
  const seen = (part) => {
    if (!part) return CARET;
    return visible(part.length > LONG ? `${part.slice(0, LONG / 2)}\n … \n${part.slice(-LONG / 2)}` : part);
  };
  let position = row.start;
  for (const { item, edit, number } of placed) {
    keep(position, edit[0]);
    const removed = text.slice(edit[0], edit[1]);
    const on = file.on(item);
    const after = on ? file.replacement(item, number) : removed;
    const left = mark(seen(removed), "was", item);
    const right = mark(seen(after), "now", item);
    if (on && removed) left.classList.add("out");
    if (!removed) left.classList.add("empty");
    if (!after) right.classList.add("empty");
    old.append(left);
    now.append(right);
    position = edit[1];
  }
  keep(position, row.end);
  for (const item of row.notes ?? []) now.append(" ", mark("¶", "now", item));
  const element = make("div", row.edits.length || row.notes ? "row changed" : "row", make("div", "no", String(row.line)), old, now);
  if (row.gap) element.classList.add("gap");
  if (row.index > 0 && row.page !== file.rows[row.index - 1].page) element.classList.add("page");
  element.dataset.row = row.index;
  return element;
};

/** Cut rows into parts of a bounded size. */
const makeParts = (rows) => {
  const parts = [];
  let part = [];
  let size = 0;
  let marks = 0;
  for (const row of rows) {
    const cost = row.end - row.start;
    if (part.length && (size + cost > PART || marks + row.edits.length > PART_MARKS)) {
      parts.push(part);
      part = [];
      size = marks = 0;
    }
    part.push(row);
    size += cost;
    marks += row.edits.length;
  }
  parts.push(part);
  return parts;
};
