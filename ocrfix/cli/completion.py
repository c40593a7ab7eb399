"""The command ``ocrfix completion``: a script that lets a shell complete ``ocrfix``."""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO

import click
from click.shell_completion import get_completion_class

from ocrfix.cli import COMPLETE

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a script that completes ocrfix's commands, options and rules in a shell.

    \b
    bash   eval "$(ocrfix completion bash)"           in ~/.bashrc
    zsh    eval "$(ocrfix completion zsh)"            in ~/.zshrc
    fish   ocrfix completion fish | source            in ~/.config/fish/config.fish
    """  # noqa: D301  (click's mark of lines to be left as they are)
    kind = get_completion_class(shell)
    assert kind is not None
    with redirect_stderr(StringIO()):  # it looks for the bash that is here, and for no other shell's
        script = kind(context.find_root().command, {}, "ocrfix", COMPLETE).source()
    click.echo(script)
