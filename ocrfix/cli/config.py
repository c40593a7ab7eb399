"""The command ``ocrfix config``: the settings in effect, and where each comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from ocrfix.cli._options import Failed, config_options, settings
from ocrfix.config_file import SETTINGS, ConfigError, values_of

__all__ = ["command", "toml_value"]

_DEFAULTS: Final[dict[str, Any]] = {
    "ignore": [],
    "protect": [],
    "protect-from": [],
    "select": [],
    "unsafe": False,
}
"""The values of settings that are in no file; the others have none."""
_EXAMPLES: Final = {"min-confidence": "0.95", "model": '"own.lm"'}
_WIDTH: Final = 100
"""Characters of a line, beyond which a list has a line for each value."""


@click.command("config")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--pyproject", is_flag=True, help="Print a table for pyproject.toml.")
@config_options
def command(path: Path, pyproject: bool, **options: Any) -> None:
    """Print the settings in effect for a file or folder, as TOML, with where each comes from.

    PATH is where the configuration file is looked for, from there upward; the other options are those
    of clean. What is printed can be pasted into ocrfix.toml, or with --pyproject into pyproject.toml.
    """
    chosen = settings(options, corpus=None)
    folder = path if path.is_dir() else path.parent
    try:
        file = chosen.path(folder)
        found = values_of(file) if file else {}
    except ConfigError as error:
        raise Failed(str(error)) from error
    chosen.config(folder)  # refuses what cannot be used
    click.echo(f"# {f'settings of {_shown(file)}' if file else 'no configuration file'}")
    if pyproject or (file and file.name == "pyproject.toml"):
        click.echo("[tool.ocrfix]")
    given = _given(chosen.values, chosen.protect)
    for name in SETTINGS:
        click.echo(_line(name, found, given, file))


def _shown(file: Path | None) -> str:
    return os.path.abspath(file) if file else ""  # noqa: PTH100  (links are to stay)


def _given(values: Mapping[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """What the command line sets, by the names of a file's settings."""
    given = {name.replace("_", "-"): value for name, value in values.items()}
    if "model" in given:
        given["model"] = os.path.abspath(given["model"])  # noqa: PTH100
    return {**given, **({"protect": list(words)} if words else {})}


def _line(name: str, found: Mapping[str, Any], given: Mapping[str, Any], file: Path | None) -> str:
    value, origin = _DEFAULTS.get(name), "default"
    if name in found and file is not None:
        value, origin = found[name], file.name
        if name == "model":
            value = os.path.abspath(file.parent / value)  # noqa: PTH100
        elif name == "protect-from":
            value = [os.path.abspath(file.parent / item) for item in value]  # noqa: PTH100
    if name in given:
        if name == "protect" and name in found:
            value, origin = [*found[name], *given[name]], f"{origin} and command line"
        else:
            value, origin = given[name], "command line"
    if value is None:
        return f"# {name} = {_EXAMPLES[name]}  # not set"
    return f"{name} = {toml_value(value)}  # {origin}"


def toml_value(value: object) -> str:
    """A value as TOML writes it: a string, a number, true or false, or a list of strings.

    >>> print(toml_value(["Vi", "/[0-9]+/"]))
    ["Vi", "/[0-9]+/"]
    """
    if isinstance(value, list | tuple):
        items = [toml_value(item) for item in value]
        line = f"[{', '.join(items)}]"
        return line if len(line) <= _WIDTH else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
