"""Print the part of requirements.txt that is asked for, for `pip install --require-hashes`.

Arguments: names of extras in pyproject.toml, and `project` for what the project needs without any.
"""

import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent


def main():
    project = tomllib.loads(Path(HERE.parents[1], "pyproject.toml").read_text())["project"]
    extras = {"project": project["dependencies"], **project["optional-dependencies"]}
    for name in sys.argv[1:]:
        if name not in extras:
            sys.exit(f"error: there is no extra {name}; there are {', '.join(extras)}")
    direct = sum((extras[name] for name in sys.argv[1:]), [])
    print("\n".join(needed((HERE / "requirements.txt").read_text(), direct)))


def needed(text, direct):
    """The entries of the lock file `text` that the requirements `direct` lead to; each says whose it is ("# via")."""
    entries = re.findall(r"^\w.*(?:\n .*)*", text, re.M)
    whose = [(entry, _name(entry), entry.partition("# via ")[2].split(", ")) for entry in entries]
    names, before = {_name(requirement) for requirement in direct}, set()
    while names != before:
        before = names
        names = names | {name for _, name, parents in whose if not names.isdisjoint(parents)}
    return [entry for entry, name, _ in whose if name in names]


def _name(requirement):
    return re.match(r"[\w.-]+", requirement)[0]


if __name__ == "__main__":
    main()
