"use strict";
// Small helpers: elements, visible forms of text, letters without their marks.

/** An element with a class, properties and children; strings become text, never markup. */
const make = (tag, classes = "", ...children) => {
  const element = document.createElement(tag);
  if (classes) element.className = classes;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const byId = (id) => document.getElementById(id);

/** A button of a class with a label, and what it does. */
const button = (label, act, classes = "") => {
  const element = make("button", classes, label);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
};

const SIGNS = { "\t": "⇥", "\f": "␌", "\r": "␍", "\u00a0": "⍽" };
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Mn}\p{Zl}\p{Zp}\p{Zs}]/gu;

/** Text with a sign for every character that cannot be seen; line ends keep breaking the line. */
const visible = (text) => {
  if (/^ +$/.test(text)) return "␣".repeat(text.length);
  return text.replace(HIDDEN, (c) => {
    if (c === " ") return c;
    if (c === "\n") return "⏎\n";
    return SIGNS[c] || `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
};

/** At most `width` characters, the middle left out. */
const shorten = (text, width) => {
  const all = [...text];
  if (all.length <= width) return text;
  const half = (width - 3) >> 1;
  return `${all.slice(0, half).join("")} … ${all.slice(-half).join("")}`;
};

const bare = new Map();
/** Text in small letters and without marks, of the same length, for searching. */
const folded = (text) => {
  let out = "";
  for (const unit of text.split("")) {
    let plain = bare.get(unit);
    if (plain === undefined) {
      const base = unit.normalize("NFD")[0].toLowerCase();
      plain = base === "đ" ? "d" : base.length === 1 ? base : unit;
      bare.set(unit, plain);
    }
    out += plain;
  }
  return out;
};

/** Text in small letters, of the same length. */
const lowered = (text) => {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.split("").map((unit) => (unit.toLowerCase().length === 1 ? unit.toLowerCase() : unit)).join("");
};

const percent = (sure) => (sure < 0.01 ? "under 1\u00a0%" : `${Math.floor(100 * sure + 1e-9)}\u00a0%`);
const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
