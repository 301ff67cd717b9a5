"""The build backend of this project: it builds nothing, and says how the project is used."""

import sys

SENTENCE = ("First Spike is no package to install: it runs from its checkout. There, `make demo` makes .venv with what "
            "it needs, and .venv/bin/python runs the commands in scripts/.")


def refuse(*_, **__):
    """Stands for every hook of PEP 517 and 660 that would build something."""
    sys.exit(f"error: {SENTENCE}")


build_wheel = build_sdist = build_editable = refuse
