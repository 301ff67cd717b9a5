"""Prove by yosys, module by module, that the default design and all small ones do what MyHDL's text of them does."""

import argparse
import tempfile
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import complain, console, run
from first_spike.command.places import DEFAULT_CONFIGURATION, DEFAULT_NETWORK
from first_spike.golden.contract.network import Network
from first_spike.synthesis.toolchains import require_program
from tb.formal.printed import differences
from tb.scenarios.small_designs import SMALL_DESIGNS, SmallDesign


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    require_program("yosys")
    designs = {"default": SmallDesign(partial(Network.load, DEFAULT_NETWORK), DEFAULT_CONFIGURATION), **SMALL_DESIGNS}
    wrong = []
    for name, design in designs.items():
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            wrong += [f"{name}: {module} is not proved to do what MyHDL's text of it does"
                      for module in differences(design, folder)]
            count = len(list((folder / "plain").iterdir()))
        console.print(f"{name}: {count} modules")
    return complain(wrong)


if __name__ == "__main__":
    run(main)
