"""What every command shares: how it ends, and how it writes its results."""

import json
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from golden.errors import UserError
from golden.files import replacing

EXIT_USER_ERROR = 1
EXIT_INTERRUPTED = 130

console = Console(markup=False, highlight=False)  # what users call their files is no markup
error_console = Console(stderr=True, markup=False, highlight=False)


def run(main):
    """Call `main()` and leave with its exit status (None is 0); a UserError becomes one sentence and status 1."""
    try:
        status = main()
    except UserError as error:
        status = complain([error])
    except MemoryError:
        status = complain(["there is not enough memory for this"])
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        status = EXIT_INTERRUPTED
    sys.exit(status)


def complain(sentences):
    """Print each sentence as an error; returns the exit status, None where there is none."""
    for sentence in sentences:
        print(f"error: {sentence}", file=sys.stderr)
    return EXIT_USER_ERROR if sentences else None


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
    [n, neurons], T where silent.
    """
    layers = {f"layer{k}_spike_times": times for k, times in enumerate(result.spike_times)}
    with replacing(path) as file:
        np.savez_compressed(file, decision_time=result.decision_time, silent=result.silent, tie=result.tie,
                            **{"class": result.classes}, **layers)
