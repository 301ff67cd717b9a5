#!/usr/bin/env bash
# Make .venv with the packages of requirements.txt that pyproject.toml asks for, and the extras EXTRAS (default: test train
# board), each checked by its hash, and the command first-spike of this checkout. PYTHON=... chooses the interpreter.
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

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
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
elif [ -n "${PYTHON:-}" ] && ! { python=$(find_python) && [ "$("$python" -V)" = "$(.venv/bin/python -V)" ]; }; then
    echo "error: .venv has $(.venv/bin/python -V); for PYTHON=$PYTHON, if it is one of 3.11 to 3.13, remove .venv first" >&2
    exit 1
fi

echo "Installing the locked Python packages into .venv (once; a minute or two)"
# first what those are built with that come as source
for extras in build "project ${EXTRAS:-test train board}"; do
    # shellcheck disable=SC2086  # a list of words on purpose
    .venv/bin/python scripts/setup/locked.py $extras | .venv/bin/python -m pip install --quiet --no-compile \
        --disable-pip-version-check --require-hashes --no-build-isolation --use-pep517 --requirement /dev/stdin
done
if ! [ .venv/bin/first-spike -nt pyproject.toml ]; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
fi
touch .venv/.installed
