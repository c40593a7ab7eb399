// The card of the chosen change: what, why, how sure, and the buttons to decide.

/** Other texts that can stand for a change of one word, surest first. */
const otherReadings = (file, item) => {
  if (!item.single) return [];
  const now = file.on(item) ? file.replacement(item) : null;
  const found = new Map();
  for (const finding of item.found) {
    if (finding.before !== item.removed || (!item.note && finding.after !== item.proposed)) continue;
    for (const reading of finding.readings) {
      if (reading.text !== item.removed && !found.has(reading.text)) found.set(reading.text, reading);
    }
  }
  if (!item.note && !found.has(item.proposed)) found.set(item.proposed, { text: item.proposed });
  found.delete(now);
  if (now === null) found.delete(item.proposed);
  return [...found.values()].slice(0, 9);
};

const CONTEXT = 32;

const side = (text, classes) => {
  const element = make("span", classes, text ? visible(shorten(text, 280)).replaceAll("⏎\n", "⏎") : "(nothing)");
  if (!text) element.classList.add("nothing");
  return element;
};

/** Fill the card. `act` has the page's doings: accept, reject, reset, use, all, go, show. */
const drawCard = (card, file, item, place, act) => {
  card.replaceChildren();
  if (!item) {
    card.append(make("p", "quiet", file.items.length ? "No change is shown by this filter." : "Nothing was found in this file: there is nothing to decide."));
    return;
  }
  const state = file.state(item);
  const info = STATES[state];
  const choice = file.choice(item);
  const displaced = !choice && item.made && file.displaced(item);
  card.append(
    make("p", "card-head",
      make("span", "where", `${place.number.toLocaleString("en")} of ${place.total.toLocaleString("en")} · ${item.found[0].page ? `page ${item.found[0].page}, ` : ""}line ${item.found[0].line}`),
      make("span", `pill ${state}`, `${info.sign} ${displaced ? "Replaced" : info.label}`)),
  );
  const change = make("p", "change");
  change.lang = "vi";
  const text = file.replacement(item);
  if (item.moves) {
    const moved = item.edits.filter((edit) => edit.length > 5).map((edit) => edit[4]).join(" … ");
    change.append(side(shorten(moved, 140), "to"), " (moved to another place)");
  } else if (item.note && choice?.text === undefined) change.append(side(item.removed || item.found[0].before, "from"));
  else if (item.edits.length === 0) change.append(side(item.found[0].before, "from"), " → ", side(item.found[0].after, "to"));
  else {
    change.append(side(item.removed, "from"));
    const arrow = make("span", "arrow", " → ");
    arrow.setAttribute("aria-label", "becomes");
    arrow.setAttribute("role", "img");
    change.append(arrow, side(item.single ? text : item.proposed, "to"));
  }
  if (item.single && item.removed.length + text.length < 2 * CONTEXT) {
    const [start, end] = item.edits[0];
    const before = file.text.slice(Math.max(0, start - CONTEXT), start).replace(/^\S*\s|[^]*\n/, "");
    const after = file.text.slice(end, end + CONTEXT).replace(/\n[^]*|\s\S*$/, "");
    const context = make("p", "context quiet", `… ${before}`, side(file.on(item) ? text : item.removed, "to"), `${after} …`);
    context.lang = "vi";
    card.append(change, context);
  } else card.append(change);

  const buttons = make("div", "decide");
  const accept = button("", () => act.accept(item), "accept");
  accept.append("✓ Accept ", make("kbd", "", "a"));
  accept.disabled = !file.canAccept(item);
  accept.setAttribute("aria-pressed", String(state === "accepted"));
  const reject = button("", () => act.reject(item), "reject");
  reject.append(item.made ? "✗ Reject " : "✗ Leave as it is ", make("kbd", "", "r"));
  reject.setAttribute("aria-pressed", String(state === "rejected"));
  buttons.append(accept, reject);
  card.append(buttons);

  const others = otherReadings(file, item);
  if (others.length) {
    const list = make("div", "readings", make("span", "quiet", "Other readings"));
    others.forEach((reading, number) => {
      const use = button("", () => act.use(item, reading.text), "reading");
      use.append(make("kbd", "", String(number + 1)), " ", side(reading.text, ""));
      if (reading.sure !== undefined) use.append(" ", make("small", "quiet", percent(reading.sure)));
      use.dataset.text = reading.text;
      list.append(use);
    });
    card.append(list);
  }
  if (item.single && item.removed.length <= 600) {
    const form = make("form", "typed");
    const input = make("input");
    input.type = "text";
    input.lang = "vi";
    input.autocomplete = "off";
    input.spellcheck = false;
    const stands = file.on(item) ? text : item.removed;
    input.value = stands.includes("\n") ? "" : stands; // a field has one line
    const label = make("label", "", make("span", "quiet", "Another text "), make("kbd", "", "t"), input);
    const use = make("button", "", "Use it");
    form.append(label, use);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act.use(item, input.value.normalize("NFC"));
    });
    card.append(form);
  }

  item.found.forEach((finding) => {
    const rule = act.rules[finding.rule];
    const why = make("div", "why", make("p", "", finding.why));
    if (finding.status) why.append(make("p", "quiet", finding.status));
    why.append(make("p", "quiet", make("b", "", finding.rule), ` ${rule.summary} · ${percent(finding.sure)} sure`));
    if (finding.details.length) {
      const list = make("dl");
      for (const [name, value] of finding.details) list.append(make("div", "", make("dt", "", name), make("dd", "", value)));
      why.append(make("details", "", make("summary", "", "What speaks for it"), list));
    }
    card.append(why);
  });
  if (item.edits.length === 0) card.append(make("p", "quiet", "This can only be shown: other changes stand where it would be made."));
  if (item.not.length) {
    const list = make("p", "rivals quiet", "Stands against: ");
    item.not.slice(0, 5).forEach((other) => {
      list.append(button(shorten(describe(file, file.items[other]), 60), () => act.show(file.items[other]), "link"), " ");
    });
    card.append(list);
  }
  const bulk = make("div", "bulk");
  const offer = (items, what) => {
    if (items.length < 2) return;
    const row = make("div", "bulk-row", make("span", "", `${what} (${items.length.toLocaleString("en")})`));
    const yes = button("Accept all", () => act.all(items, "accepted", item));
    yes.disabled = items.every((one) => !file.canAccept(one));
    row.append(yes, button("Reject all", () => act.all(items, "rejected", item)));
    bulk.append(row);
  };
  if (item.same !== null) offer(file.alike(item, "same"), "All of the same change");
  offer(file.alike(item, "rules"), "All of this kind, not decided yet");
  if (bulk.children.length) card.append(bulk);
  const foot = make("div", "foot", button("← Back", () => act.go(-1)), button("Next →", () => act.go(1)));
  if (choice) foot.append(button("Take the decision back", () => act.reset(item)));
  card.append(foot);
};
