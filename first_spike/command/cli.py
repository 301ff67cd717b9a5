"""What every command shares: how it ends, and how it writes its results."""

import argparse
import errno
import json
import os
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from first_spike.command.interrupts import EXIT_INTERRUPTED, interruptible
from first_spike.golden.errors import UserError, printable
from first_spike.golden.files import replacing

EXIT_USER_ERROR = 1
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EPIPE)  # what a medium answers


class PlainConsole(Console):
    """A Console to which text is text: no markup, no emoji, and control characters are shown escaped, but newlines.

    Everything that the package prints goes through one, since names of files and classes come from strangers.
    """

    def __init__(self, **options):
        # a notebook is written to as a pipe is, without bars, though its kernel says that it shows colours
        super().__init__(markup=False, emoji=False, highlight=False, force_jupyter=False, **options)

    def render_str(self, text, **options):
        """Escape strings before they are measured, so that columns are as wide as what stands in them."""
        return super().render_str(printable(text, keep="\n"), **options)

    def render(self, renderable, options=None):
        """Escape what comes from anything but a string, too, such as a path or a bar."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text, keep="\n"))


PIPE_COLUMNS = 160  # no pipe is so narrow that a table would lose numbers
console = PlainConsole(
    width=None if "COLUMNS" in os.environ or sys.stdout is None or sys.stdout.isatty() else PIPE_COLUMNS)
error_console = PlainConsole(
    stderr=True, force_terminal=None if sys.stderr is not None and sys.stderr.isatty() else False)


class Parser(argparse.ArgumentParser):
    """A parser of options that completes them where the shell asks for that, and refuses them in printable text."""

    def error(self, message):
        """Print the usage and the message, which may quote an argument, and leave with status 2."""
        super().error(printable(message))

    def parse_args(self, args=None, namespace=None):
        if "_ARGCOMPLETE" in os.environ:
            import argcomplete
            argcomplete.autocomplete(self)
        return super().parse_args(args, namespace)


def run(main):
    """Call `main()` and leave with its exit status (None is 0); a UserError becomes one sentence and status 1, and so
    does a disk or an output that takes no more, and a file or a folder that cannot be reached. Letters that the output
    does not have, such as in names of files, are written as their codes."""
    if hasattr(sys.stdout, "reconfigure"):  # a stream of a notebook has none
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with interruptible():
            status = main()
            sys.stdout.flush()
    except UserError as error:
        status = complain([error])
    except MemoryError:
        status = complain(["there is not enough memory for this"])
    except OSError as error:
        if error.errno in DISK:
            status = complain([f"cannot write {error.filename or 'a file or the screen'}: {error.strerror}"])
        elif error.filename is None:
            raise
        else:
            status = complain([f"cannot reach {error.filename}: {error.strerror}"])
    except KeyboardInterrupt:
        note("interrupted")
        status = EXIT_INTERRUPTED
    _drop_what_cannot_be_written()
    sys.exit(status)


def _drop_what_cannot_be_written():
    """Python would complain at its end about text that stdout did not take."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentences):
    """Print each sentence as an error; returns the exit status, None where there is none."""
    for sentence in sentences:
        note(f"error: {sentence}")
    return EXIT_USER_ERROR if sentences else None


def note(sentence):
    """Print a sentence to stderr, on one line whatever it quotes."""
    error_console.print(printable(sentence), soft_wrap=True)


def shown(path):
    """A path as a user wants to read it: relative to the current folder if it lies inside."""
    path = Path(path).resolve()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def write_json(path, content):
    """Write a dict as readable JSON, whole or not at all."""
    with replacing(path) as file:
        file.write(json.dumps(content, indent=2, allow_nan=False).encode() + b"\n")


def write_predictions(path, result):
    """Write an Inference as `.npz`, whole or not at all.

    Arrays: `class` and `decision_time` int64 [n], `silent` and `tie` bool [n], `layerK_spike_times` int16
    [n, neurons], T where silent. `margin`, `spread` (int64 [n], of a float network float64) and `runner_up` (int64
    [n]), unless hardware gave the results, which does not show them.
    """
    if result.margin is not None:
        doubts = {name: getattr(result, name) for name in ("margin", "spread", "runner_up")}
    else:
        doubts = {}
    layers = {f"layer{k}_spike_times": times for k, times in enumerate(result.spike_times)}
    with replacing(path) as file:
        np.savez_compressed(file, decision_time=result.decision_time, silent=result.silent, tie=result.tie,
                            **{"class": result.classes}, **doubts, **layers)
