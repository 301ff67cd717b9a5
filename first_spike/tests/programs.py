"""Made-up programs at the front of the PATH, in the place of yosys and nextpnr."""

import os
import stat

import pytest


def program(folder, name, body):
    """Write the shell script `name`, whose text is `body`, into `folder`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A folder at the front of PATH for them; tests import this fixture by name."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder
