"""Writing files so that nothing half-written ever stands under the final name."""

import os
from contextlib import contextmanager
from pathlib import Path

from golden.errors import UserError


@contextmanager
def replacing(path):
    """Give a binary file to write into; it becomes `path` only if the block ends without error.

    The bytes go to a hidden file beside the target, which is renamed over it at the end and removed on
    any error, Ctrl-C included. The folder has to exist.

    Raises UserError when the folder is missing or cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
