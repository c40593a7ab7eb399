// What goes out of the page: the cleaned text, the decisions, and a list of words to protect.

const download = (name, text, type) => {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

const baseName = (name) => (name.split(/[\\/]/).pop() || "text").replace(/^-$/, "text").replace(/[^\p{L}\p{M}\p{N}._ ()-]/gu, "_");
const ENDING = /(?<=.)\.[^.]*?(\.(gz|bz2|xz|zst))?$/;
const stem = (name) => baseName(name).replace(ENDING, "");
const ending = (name) => ENDING.exec(baseName(name))?.[0] ?? ".txt";

/** The cleaned text as it goes to a file, with the original's line ends and byte order mark. */
const fileText = (file) => {
  const text = file.cleaned().replaceAll("\n", file.end ?? "\n");
  return file.bom ? `\ufeff${text}` : text;
};

const decisionsText = (data, files) => {
  const all = {
    schema: data.schema,
    generator: { name: "ocrfix", version: data.version },
    files: files.map((file) => file.decisions()),
  };
  return `${JSON.stringify(all, null, 1)}\n`;
};

/** Words whose change was rejected at least twice, as lines of a file for --protect-from. */
const protectWords = (files) => {
  const rejected = new Map();
  for (const file of files) {
    for (const item of file.items) {
      const word = item.removed.trim();
      if (!item.same || file.choice(item)?.state !== "rejected") continue;
      if (!/[\p{L}\p{N}]/u.test(word) || word.length > 60 || /[\n\f\r]/.test(word)) continue;
      rejected.set(word, (rejected.get(word) ?? 0) + 1);
    }
  }
  return [...rejected].filter(([, times]) => times > 1).map(([word]) => word).sort((a, b) => a.localeCompare(b, "vi"));
};

/** A word as a line of such a file, where "#" begins a remark and /…/ is a pattern. */
const protectLine = (word) => {
  const plain = !word.startsWith("#") && !(word.length > 2 && word.startsWith("/") && word.endsWith("/"));
  return plain ? word : `/${word.replace(/[\\^$.*+?()[\]{}|/#]/g, "\\$&")}/`;
};

/** Take over decisions saved before. Returns what happened, in words. */
const loadDecisions = (data, files, text) => {
  let saved = null;
  try {
    saved = JSON.parse(text);
  } catch {
    return "This is not a file of decisions, or it is cut short.";
  }
  if (saved?.schema !== data.schema) return "This is not a file of decisions that this page can read.";
  let taken = null;
  for (const entry of Array.isArray(saved.files) ? saved.files : []) {
    const file = files.find((one) => one.sha256 === entry?.original?.sha256);
    if (file) taken = (taken ?? 0) + file.take(entry.changes);
  }
  return taken === null ? "These decisions were made on other files." : `${count(taken, "decision")} loaded.`;
};

const quoted = (name) => (/^[\p{L}\p{N}._/-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);

/** Fill the dialog that saves. */
const drawSave = (dialog, data, files, file, loaded) => {
  const left = file.items.length - file.decided;
  const title = make("h2", "", "Save");
  title.id = "save-title";
  const names = `${stem(files.length > 1 ? "ocrfix" : file.name)}.decisions.json`;
  const entry = (label, text, act, disabled = false) => {
    const go = button(label, act, "strong");
    go.disabled = disabled;
    return make("div", "save-row", go, make("p", "quiet", text));
  };
  const words = protectWords(files);
  const load = make("input");
  load.type = "file";
  load.accept = ".json,application/json";
  load.addEventListener("change", async () => {
    const text = load.files.length ? await load.files[0].text() : null;
    if (text === null) return;
    dialog.close();
    loaded(loadDecisions(data, files, text));
  });
  dialog.replaceChildren(
    title,
    make("p", "", left
      ? `${count(left, "change")} of ${file.items.length.toLocaleString("en")} not decided yet: repairs among them are kept, suggestions are not made.`
      : "Everything in this file is decided."),
    entry("Cleaned text", file.end === null
      ? "The words alone. To write them back into a file of the original's kind, save the decisions and use the command below."
      : "The text with everything you accepted.",
    () => download(`${stem(file.name)}.cleaned.txt`, fileText(file), "text/plain;charset=utf-8")),
    entry("Decisions", files.length > 1 ? "For all files of this page, to be made on the originals." : "To be made on the original:",
      () => download(names, decisionsText(data, files), "application/json")),
    make("p", "command", `ocrfix apply ${quoted(names)} ${quoted(file.name)} -o ${quoted(`${stem(file.name)}.cleaned${ending(file.name)}`)}`),
    entry("Words to protect", words.length
      ? `${count(words.length, "word")} whose change you rejected twice or more: ${shorten(words.join(", "), 120)}. For ocrfix clean --protect-from.`
      : "None yet: words whose change you reject twice or more come here, so that ocrfix leaves them alone the next time.",
    () => download(`${stem(names).replace(/\.decisions$/, "")}.protect.txt`, `# Words that a reviewer kept\n${words.map(protectLine).join("\n")}\n`, "text/plain;charset=utf-8"), !words.length),
    make("label", "save-row", make("span", "", "Load decisions saved before"), load),
    make("p", "quiet", files.some((one) => !one.stored)
      ? "This browser keeps nothing for this page: save the decisions before you close it."
      : "This browser also keeps your decisions for the next time you open this page."),
    make("div", "foot", button("Close", () => dialog.close())),
  );
};
