"""Config from a file: ``[tool.ocrfix]`` in pyproject.toml, or ocrfix.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from ocrfix.config import Config
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import read, reason

__all__ = ["SETTINGS", "ConfigError", "check_selectors", "find", "load", "read_words", "values_of"]


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it, its place and the nearest right one."""


def find(folder: Path) -> Path | None:
    """The nearest configuration file, from a folder upward.

    In one folder ocrfix.toml comes before pyproject.toml, which counts only with a table
    ``[tool.ocrfix]``. None when there is none. Raises ConfigError for a file that is not TOML.
    """
    return _find(folder.absolute())


@cache
def _find(folder: Path) -> Path | None:
    own, project = folder / "ocrfix.toml", folder / "pyproject.toml"
    if own.is_file():
        return own
    if project.is_file() and "ocrfix" in _toml(project).get("tool", {}):
        return project
    return None if folder == folder.parent else _find(folder.parent)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {reason(error)}") from error
    except RecursionError:
        raise ConfigError(f"{path}: this is no configuration: too deeply nested") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: this is not TOML: {error}") from error


@cache
def load(path: Path) -> Config:
    """The settings of one configuration file; paths in it are relative to its folder.

    Raises ConfigError for an unknown key, a value of the wrong type, or a rule that there is not.
    """
    values = values_of(path)
    try:
        return _config(values, path.parent)
    except FormatError as error:
        raise ConfigError(f"{path}: protect-from: {error}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error


def values_of(path: Path) -> dict[str, Any]:
    """The settings as they stand in a file, by their names there (`SETTINGS`), checked.

    Raises ConfigError as `load` does.
    """
    data = _toml(path)
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("ocrfix", {})
    for key, value in data.items():
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown setting {key!r}{_nearest(key)}")
        wanted, fits = _KEYS[key]
        if not fits(value):
            raise ConfigError(f"{path}: {key} must be {wanted}, not {value!r}")
    check_selectors(data.get("select", ()), f"{path}: select")
    check_selectors(data.get("ignore", ()), f"{path}: ignore")
    return dict(data)


def _config(values: Mapping[str, Any], folder: Path) -> Config:
    words = [*values.get("protect", ())]
    for name in values.get("protect-from", ()):
        words += read_words(folder / name)
    least = values.get("min-confidence")
    return Config(
        unsafe=values.get("unsafe", False),
        min_confidence=None if least is None else float(least),
        select=tuple(values.get("select", ())),
        ignore=tuple(values.get("ignore", ())),
        protect=tuple(words),
        model=str(folder / values["model"]) if "model" in values else None,
    )


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_KEYS: Final[dict[str, tuple[str, Callable[[object], bool]]]] = {
    "ignore": ("a list of rules", _is_list),
    "min-confidence": ("a number from 0 to 1", _is_number),
    "model": ("the path of a language model", lambda value: isinstance(value, str)),
    "protect": ("a list of words", _is_list),
    "protect-from": ("a list of files", _is_list),
    "select": ("a list of rules", _is_list),
    "unsafe": ("true or false", lambda value: isinstance(value, bool)),
}
"""The settings of a configuration file: what each must be, and whether a value is that."""


SETTINGS: Final = tuple(_KEYS)
"""The names of the settings, sorted."""


def _nearest(name: str) -> str:
    near = _closest(name, SETTINGS)
    return f"; did you mean {near!r}?" if near else f"; there are {', '.join(SETTINGS)}"


def _closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a name, None when none is."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (start-up time)

    plain = name.lower().replace("_", "-")
    found = process.extractOne(plain, list(known), scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    return found[0] if found else None


def check_selectors(selectors: Iterable[str], place: str) -> None:
    """See that every selector names a rule.

    Parameters: ``selectors``, prefixes of codes, or names; ``place``, where they were given, for the
    message. Raises ConfigError, with the nearest right selector, for one that names none.
    """
    from ocrfix.detectors import all_rules  # noqa: PLC0415  (start-up time)

    for selector in selectors:
        if selector and any(rule.matches(selector) for rule in all_rules()):
            continue
        families = sorted({rule.family for rule in all_rules()})
        names = [rule.name for rule in all_rules()]
        codes = [rule.code for rule in all_rules()]
        near = _closest(selector, names) or _closest(selector, [*families, *codes])
        hint = f"did you mean {near}?" if near else f"the families are {', '.join(families)};"
        raise ConfigError(f"{place}: no rule {selector!r}; {hint} see ocrfix rules")


def read_words(path: Path) -> tuple[str, ...]:
    """The words of a text file, one a line; blank lines and lines that begin with "#" are passed over.

    Raises FormatError when the file cannot be read.
    """
    lines = (line.strip() for line in read(path).document.text.split("\n"))
    return tuple(line for line in lines if line and not line.startswith("#"))
