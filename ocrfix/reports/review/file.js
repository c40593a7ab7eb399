// One file under review: its changes, what was decided on them, and the text that comes of it.

const STATES = {
  repaired: { sign: "•", label: "Repaired", says: "repaired, not looked at yet", means: "done, and kept unless you reject it" },
  suggested: { sign: "?", label: "Suggested", says: "suggested, not done", means: "not done unless you accept it" },
  accepted: { sign: "✓", label: "Accepted", says: "accepted", means: "by you" },
  rejected: { sign: "✗", label: "Rejected", says: "rejected", means: "by you: the text stays as it was" },
};

const overlap = (a, b) => {
  if (a[0] === a[1] || b[0] === b[1]) {
    return (a[0] < b[0] && b[0] < a[1]) || (b[0] < a[0] && a[0] < b[1]) || (a[0] === b[0] && a[1] === b[1]);
  }
  return a[0] < b[1] && b[0] < a[1];
};

class ReviewedFile {
  /** `data` is the file of the page's data; a choice is {state: "accepted" | "rejected", text?}. */
  constructor(data) {
    Object.assign(this, data);
    this.choices = new Map();
    this.past = [];
    this.items.forEach((item, index) => {
      item.index = index;
      item.single = item.edits.length === 1;
      item.removed = item.edits.map((edit) => this.text.slice(edit[0], edit[1])).join(" … ");
      item.proposed = item.edits.map((edit) => edit[4]).join(" … ");
      item.moves = item.edits.some((edit) => edit.length > 5);
      item.note = item.removed === item.proposed;
      item.rules = [...new Set(item.found.map((f) => f.rule))];
      item.sure = Math.min(...item.found.map((f) => f.sure));
      item.same = item.single && !item.note ? `${item.removed}\u0000${item.proposed}` : null;
    });
    this.storageKey = `ocrfix-review:${this.sha256}`;
    this.stored = this.restore();
  }

  choice(item) {
    return this.choices.get(item.index);
  }

  /** Whether another change was accepted in this one's place. */
  displaced(item) {
    return item.not.some((other) => this.choices.get(other)?.state === "accepted");
  }

  state(item) {
    const choice = this.choice(item);
    if (choice) return choice.state;
    if (item.made) return this.displaced(item) ? "rejected" : "repaired";
    return "suggested";
  }

  on(item) {
    const state = this.state(item);
    return state === "accepted" || state === "repaired";
  }

  /** What an edit puts in: the reviewer's own text, or the proposed one. */
  replacement(item, number = 0) {
    const choice = this.choice(item);
    return choice?.text ?? item.edits[number]?.[4] ?? "";
  }

  canAccept(item) {
    return item.edits.length > 0 && (!item.note || this.choice(item)?.text !== undefined);
  }

  get decided() {
    let decided = 0;
    for (const item of this.items) {
      const state = this.state(item);
      decided += state === "accepted" || state === "rejected";
    }
    return decided;
  }

  /**
   * Give items a choice (null: none; or a function that gives each item's); one call is one step to undo.
   * Returns the items that changed.
   */
  decide(items, given, from = null) {
    const before = new Map();
    const set = (index, value) => {
      if (!before.has(index)) before.set(index, this.choices.get(index) ?? null);
      if (value) this.choices.set(index, value);
      else this.choices.delete(index);
    };
    for (const item of items) {
      const choice = typeof given === "function" ? given(item) : given;
      if (choice?.state === "accepted") {
        if (items.length > 1 && this.displaced(item)) continue;
        for (const other of item.not) if (this.choices.get(other)?.state === "accepted") set(other, null);
      }
      set(item.index, choice);
    }
    if (before.size) {
      this.past.push({ before, from });
      this.keep();
    }
    return this.near(before.keys());
  }

  /** Take the last step back. Returns the items that changed and where the reviewer was, or null. */
  undo() {
    const step = this.past.pop();
    if (!step) return null;
    for (const [index, choice] of step.before) {
      if (choice) this.choices.set(index, choice);
      else this.choices.delete(index);
    }
    this.keep();
    return { items: this.near(step.before.keys()), from: step.from };
  }

  near(indexes) {
    const found = new Set();
    for (const index of indexes) {
      found.add(index);
      this.items[index].not.forEach((other) => found.add(other));
    }
    return [...found].map((index) => this.items[index]);
  }

  /** Items not decided on that would change in the same way (or are of the same kind), and this one. */
  alike(item, key) {
    return this.items.filter(
      (other) => other === item || (other[key] !== null && String(other[key]) === String(item[key]) && !this.choice(other)),
    );
  }

  /** The edits that hold, sorted. */
  edits() {
    const found = [];
    for (const item of this.items) {
      if (this.on(item)) item.edits.forEach((edit, number) => found.push({ item, edit, text: this.replacement(item, number) }));
    }
    return found.sort((a, b) => a.edit[0] - b.edit[0] || a.edit[1] - b.edit[1]);
  }

  /** The text with all that holds, in characters of the document (line ends are "\n"). */
  cleaned() {
    const pieces = [];
    let position = 0;
    for (const { edit, text } of this.edits()) {
      pieces.push(this.text.slice(position, edit[0]), text);
      position = edit[1];
    }
    pieces.push(this.text.slice(position));
    return pieces.join("");
  }

  /** The decisions on this file as `ocrfix apply` reads them. */
  decisions() {
    const changes = [];
    for (const item of this.items) {
      const state = this.state(item);
      if (state === "suggested" || (item.note && this.choice(item)?.text === undefined)) continue;
      const typed = this.choice(item)?.text !== undefined;
      changes.push({
        state: this.on(item) ? "accepted" : "rejected",
        reviewed: state !== "repaired",
        rules: item.rules,
        ...(typed ? { typed } : {}),
        edits: item.edits.map((edit, number) => {
          const replacement = this.replacement(item, number);
          const moved = edit.length > 5 && replacement === edit[4];
          return {
            start: edit[2],
            end: edit[3],
            removed: this.text.slice(edit[0], edit[1]),
            replacement,
            ...(moved ? { source: { start: edit[5], end: edit[6] } } : {}),
          };
        }),
      });
    }
    return { name: this.name, original: { length: this.length, sha256: this.sha256 }, changes };
  }

  /** Take over the changes of a saved file of decisions. Returns how many of them this page has too. */
  take(changes) {
    const place = (edits) => edits.map((edit) => edit.join("-")).join();
    const byPlace = new Map();
    for (const item of this.items) {
      if (!item.edits.length) continue;
      const key = place(item.edits.map((edit) => edit.slice(2, 4)));
      if (!byPlace.has(key)) byPlace.set(key, []);
      byPlace.get(key).push(item);
    }
    const taken = new Map();
    for (const change of Array.isArray(changes) ? changes : []) {
      if (!Array.isArray(change?.edits) || !["accepted", "rejected"].includes(change.state) || change.reviewed === false) continue;
      const items = byPlace.get(place(change.edits.map((edit) => [edit?.start, edit?.end]))) ?? [];
      const text = change.edits.map((edit) => edit?.replacement).join(" … ");
      const item = items.find((one) => one.proposed === text && !one.note) ?? items.find((one) => one.single && !taken.has(one));
      if (!item) continue;
      const own = change.state === "accepted" && (item.note || item.proposed !== text);
      if (own && typeof change.edits[0]?.replacement !== "string") continue;
      taken.set(item, own ? { state: change.state, text: change.edits[0].replacement } : { state: change.state });
    }
    const order = [...taken.keys()].sort((a, b) => (taken.get(a).state > taken.get(b).state ? 1 : -1));
    this.decide(order, (item) => taken.get(item));
    return taken.size;
  }

  /** Have the choices kept by the browser, soon. */
  keep() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.store(), 40);
  }

  store() {
    clearTimeout(this.waiting);
    const chosen = {};
    for (const [index, choice] of this.choices) chosen[this.items[index].key] = choice;
    try {
      localStorage.setItem(this.storageKey, JSON.stringify(chosen));
      this.stored = true;
    } catch {
      this.stored = false;
    }
  }

  /** Choices of an earlier visit. Returns whether the browser keeps any. */
  restore() {
    let chosen;
    try {
      chosen = JSON.parse(localStorage.getItem(this.storageKey) || "{}");
    } catch {
      return false;
    }
    for (const item of this.items) {
      const choice = Object.hasOwn(chosen ?? {}, item.key) ? chosen[item.key] : null;
      if (!choice || !["accepted", "rejected"].includes(choice.state)) continue;
      const kept = { state: choice.state };
      if (typeof choice.text === "string" && item.single) kept.text = choice.text;
      const fits = choice.state === "rejected" || (!this.displaced(item) && item.edits.length > 0);
      if (fits && !(choice.state === "accepted" && item.note && kept.text === undefined)) {
        this.choices.set(item.index, kept);
      }
    }
    return true;
  }
}
