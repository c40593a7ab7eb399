"""Finds UTF-8 that was read as another charset (mojibake), with ftfy's heuristics, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from ocrfix.detectors._characters_scan import ORDINARY, Claims, small_edit
from ocrfix.detectors.base import Context
from ocrfix.model import Edit, Safety, Span
from ocrfix.vietnamese.letters import is_vietnamese_letter
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["Mojibake", "find_mojibake", "may_hold_mojibake"]

_PIECE: Final = 4000
_RUN: Final = re.compile(r"[^\x00-\x7f]+")
_LEADS: Final = frozenset("ÂÃÄÅÆáâãäåïðÐ├┬─ßΓ√¬╞ГЂРВвбĂĆ")
# Bytes that Windows-1252 leaves undefined and that readers drop or turn into a question mark.
_UNDEFINED: Final = "\x81\x8d\x8f\x90\x9d"
_LOST: Final = re.compile(r"[ÃĂ] |(?:á»|[ÃÄĂ])(?:\ufffd|\?(?=[^\W\d_]))?")
SEVERAL: Final = 4
"""Different sequences of a document that make each of them credible."""
LEAD: Final = 2.0
"""Nats by which the likeliest reading of a letter that lost a byte must lead the next."""


@dataclass(frozen=True, slots=True)
class Mojibake:
    """A piece of a line and the edits that decode it."""

    edits: tuple[Edit, ...]
    safety: Safety
    confidence: float


def may_hold_mojibake(alphabet: frozenset[str]) -> bool:
    """Whether a text with these characters can hold mojibake at all."""
    return bool(alphabet & _LEADS) and any(c not in ORDINARY for c in alphabet)


@cache
def _odd() -> re.Pattern[str]:
    """A lead byte's character and after it one that Vietnamese text does not put there."""
    leads = re.escape("".join(sorted(_LEADS)))
    return re.compile(f"[{leads}][^\\x00-\\x7f]|[ÃÄ] ")


def _pieces(text: str) -> Iterator[Span]:
    """Lines that may hold mojibake, long ones cut at spaces."""
    done = 0
    for match in _odd().finditer(text):
        if match.start() < done:
            continue
        start = text.rfind("\n", done, match.start()) + 1 or done
        if match.start() - start > _PIECE:
            start = max(start, text.rfind(" ", start, match.start()) + 1)
        end = text.find("\n", match.start(), start + _PIECE)
        if end < 0:
            end = min(len(text), start + _PIECE)
            if end < len(text):
                end = (
                    max(text.rfind(" ", match.end(), end), match.end()) if end > match.end() else match.end()
                )
        yield Span(start, end)
        done = end


@cache
def _ftfy() -> tuple[Callable[[str], bool], Callable[[str], str]]:
    """Whether ftfy finds a line bad, and its decoding of one; imported when first needed (start-up time)."""
    from ftfy import TextFixerConfig, fix_encoding  # noqa: PLC0415
    from ftfy.badness import is_bad  # noqa: PLC0415

    config = TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=False,  # would eat a space; "Ã " is read here
        replace_lossy_sequences=False,  # would put U+FFFD where the rest still tells something
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
    return is_bad, partial(fix_encoding, config=config)


def find_mojibake(text: str, claims: Claims, context: Context) -> Iterator[Mojibake]:
    """Decodings of mojibake in the text, outside of what other rules have explained.

    Parameters: ``claims``, the places of the ``text`` that are explained; ``context``, whose language model
    is asked where the letters alone do not decide.
    """
    pieces = list(_pieces(text))
    if not pieces:
        return
    is_bad, decoded = _ftfy()
    # A single sequence may be chance; beside others in the document it is not.
    several = len({s for p in pieces for s in _sequences().findall(text, p.start, p.end)}) >= SEVERAL
    for span in pieces:
        line = text[span.slice]
        sequences = set(_sequences().findall(line))
        bad = is_bad(line)
        if not bad and (len(sequences) < 2 - several):
            continue
        fixed = decoded(line) if bad else line
        # ftfy takes "Ã " for "à " even inside a word.
        if "Ã " in line or _sequences().search(fixed) or _LOST.search(fixed):
            found = _by_letter(line, span.start, context)
        else:
            edits = list(_compare(line, fixed, span.start))
            sure = _plausible(edits)
            found = [Mojibake(tuple(edits), Safety.SAFE if sure else Safety.UNSAFE, 0.98 if sure else 0.8)]
        for item in found:
            kept = tuple(e for e in item.edits if claims.free(e.span.start))
            if kept:
                yield Mojibake(kept, item.safety, item.confidence)


@cache
def _letters() -> dict[str, str]:
    """What the bytes of Vietnamese letters and common signs look like, read wrong → the character."""
    out = {}
    western = set(map(chr, range(0xC0, 0x180))) - {"×", "÷"}
    for char in sorted(c for c in ORDINARY | western | set("₫°²³«»") if not c.isascii()):
        raw = char.encode()
        for charset in ("latin-1", "cp1252", "cp1258"):
            out["".join(_read(byte, charset) for byte in raw)] = char
    return out


def _read(byte: int, charset: str) -> str:
    try:
        return bytes((byte,)).decode(charset)
    except UnicodeDecodeError:
        return chr(byte)


@cache
def _sequences() -> re.Pattern[str]:
    seen = sorted(_letters(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, seen)))


def _by_letter(line: str, offset: int, context: Context) -> list[Mojibake]:
    """Decode the letters one by one, where parts of the line are right or have lost a byte."""
    matches = [(m.span(), _letters()[m.group()]) for m in _sequences().finditer(line)]
    whole = tuple(small_edit(offset + a, line[a:b], char) for (a, b), char in matches)
    found = [Mojibake(whole, Safety.SAFE, 0.97)] if whole else []
    taken = bytearray(len(line))
    for (a, b), _ in matches:
        taken[a:b] = b"\x01" * (b - a)
    for match in _LOST.finditer(line):
        if not any(taken[match.start() : match.end()]):
            lost = _restore(line, match, offset, context)
            if lost is not None:
                found.append(lost)
    return found


def _compare(line: str, fixed: str, offset: int) -> Iterator[Edit]:
    """Edits run by run: decoding keeps the ASCII characters, so the runs between correspond."""
    before, after = list(_RUN.finditer(line)), list(_RUN.finditer(fixed))
    same = len(before) == len(after) and _RUN.sub("", line) == _RUN.sub("", fixed)
    if not same:
        yield small_edit(offset, line, fixed)
        return
    for old, new in zip(before, after, strict=True):
        if old.group() != new.group():
            yield small_edit(offset + old.start(), old.group(), new.group())


def _plausible(edits: list[Edit]) -> bool:
    """Whether what was decoded is what Vietnamese text or its typography holds."""
    decoded = "".join(e.replacement for e in edits)
    good = sum(c in ORDINARY or is_vietnamese_letter(c) or not c.isalpha() for c in decoded)
    # Three characters that decode to one letter do not come about by chance, whatever the letter.
    long = sum(len(e.span) >= 3 * max(1, len(e.replacement)) for e in edits)
    return "\ufffd" not in decoded and (good * 2 >= len(decoded) or long * 2 >= len(edits))


def _restore(line: str, match: re.Match[str], offset: int, context: Context) -> Mojibake | None:
    """The letter of which a byte was lost on the way: the one that makes a syllable fit for its place."""
    span = Span(offset + match.start(), offset + match.end())
    left = _decoded_side(line[max(0, match.start() - 16) : match.start()])[-1]
    right = _decoded_side(line[match.end() : match.end() + 16])[0]
    if match.group().endswith(" "):  # C3 A0, whose no-break space became a space
        if is_syllable(left + "à" + right):
            return Mojibake((Edit(span, "à"),), Safety.SAFE, 0.95)
        kept = Edit(Span(span.start, span.end - 1), "à")
        return Mojibake((kept,), Safety.SAFE, 0.95) if right and is_syllable(left + "à") else None
    words = {left + o + right: o for o in _options(match.group().rstrip("?\ufffd"))}
    fits = [w for w in words if is_syllable(w) and (w.islower() or w.istitle() or w.isupper())]
    if len(fits) == 1:
        return Mojibake((Edit(span, words[fits[0]]),), Safety.SAFE, 0.95)
    if fits and left + right:
        ranked = sorted(((context.language.word_logp(w), w) for w in fits), reverse=True)
        if ranked[0][0] - ranked[1][0] >= LEAD:
            return Mojibake((Edit(span, words[ranked[0][1]]),), Safety.UNSAFE, 0.8)
    return None


def _options(lead: str) -> set[str]:
    """The letters whose first bytes look like ``lead`` and whose last one is easily lost."""
    raw = lead.replace("Ă", "Ã").encode("cp1252")
    found = {_decode(raw + bytes((ord(c),))) for c in _UNDEFINED} - {""}
    # C3 A0 and C3 AD show as no-break space and soft hyphen, which are often lost.
    return found | {"à", "í"} if lead in "ÃĂ" else found


def _decoded_side(text: str) -> list[str]:
    """The words of a piece of the line, decoded; the first and the last may be empty."""
    decoded = _sequences().sub(lambda m: _letters()[m.group()], text)
    return re.split(r"[\W\d_]+", decoded)


def _decode(raw: bytes) -> str:
    try:
        char = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return char if is_vietnamese_letter(char) else ""
