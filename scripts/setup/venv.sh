#!/usr/bin/env bash
# Make .venv with the packages that pyproject.toml pins, and the extras EXTRAS (default: test train board). PYTHON=... chooses
# the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source scripts/setup/packages.sh

# The first interpreter of a supported version that can make environments; each is run, since a name may be an empty shim.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

if ! .venv/bin/python -c '' 2>/dev/null; then
    if ! python=$(find_python); then
        # Debian and Ubuntu leave the means to make environments out of their Python
        install_packages "Python 3.11 to 3.13 with its venv module" "python3 python3-venv" "python@3.13"
        if ! python=$(find_python); then
            echo "error: Python 3.11, 3.12 or 3.13 is needed, found $(python3 -V 2>&1); install one and name it: make PYTHON=python3.13" >&2
            exit 1
        fi
    fi
    echo "Making .venv with $("$python" -V)"
    "$python" -m venv .venv
fi

echo "Installing the pinned Python packages into .venv (once; a minute or two)"
.venv/bin/python - ${EXTRAS:-test train board} <<'PINS' | .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement /dev/stdin
import sys, tomllib
with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
print(*project["dependencies"], *sum((project["optional-dependencies"][extra] for extra in sys.argv[1:]), []), sep="\n")
PINS
touch .venv/.installed
