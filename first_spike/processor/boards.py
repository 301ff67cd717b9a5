"""The processors that boards hold: what each bitstream takes, at which clock; designs of them, made once."""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import first_spike
from first_spike.golden.errors import UserError
from first_spike.processor.folder import SERIAL, generate_processor
from first_spike.rtl_model.processor.limits import Limits
from first_spike.synthesis.targets import BOARDS, Board, find_board

MADE_FROM = "made_from"
BAUD = 1_000_000  # of all boards


@dataclass(frozen=True)
class ProcessorBoard:
    """A Board with its clock for a processor, and the Limits of that."""

    board: Board
    limits: Limits


IN_25F = Limits(lanes=16, weight_words=8192)
FEW_ENABLES = "-dffe_min_ce_use 6"  # else its registers find no places, which share clock enables by eight
PROCESSORS = {name: ProcessorBoard(replace(BOARDS[name], clock=clock, synthesis=synthesis), limits)
              for name, clock, synthesis, limits in (
    ("ulx3s", 75, "", Limits(lanes=16, weight_words=32768, inputs=4096)),
    ("ulx3s-25f", 50, "", IN_25F), ("ulx3s-12f", 50, "", IN_25F), ("i5", 50, "", IN_25F),
    ("icebreaker", 24, FEW_ENABLES, Limits(lanes=8, weight_words=16384, inputs=784, neurons=256, words=32, layers=4,
                                           pixels=2, memory="spram")),
    ("tangnano20k", 54, "", Limits(lanes=8, weight_words=16384, neurons=256, words=32, layers=4, pixels=4)))}
DEFAULT = "ulx3s"


def find_processor(name):
    """The ProcessorBoard called `name`; UserError for an unknown one."""
    find_board(name)
    if name not in PROCESSORS:
        raise UserError(f"there is no processor for {name} yet: choose {', '.join(PROCESSORS)}")
    return PROCESSORS[name]


def folder_name(limits):
    """A name for the work on a processor, which nothing else has."""
    return "_".join(["processor", *map(str, limits.settings.values())])


def made_design(limits, folder, cycles_per_bit):
    """The folder of a processor of these Limits at a serial line, in `folder`, which is that one's alone; made only
    where what lies there was not made of the same sources."""
    made, stamp = Path(folder, "design"), Path(folder, MADE_FROM)
    key = f"{folder_name(limits)} {cycles_per_bit} {_sources()}"
    if not (made.is_dir() and stamp.exists() and stamp.read_text() == key):
        stamp.unlink(missing_ok=True)
        generate_processor(limits, made, top=SERIAL, cycles_per_bit=cycles_per_bit)
        stamp.write_text(key)
    return made


@cache
def _sources():
    """The hash of everything that a design is made of."""
    root = Path(first_spike.__file__).parent
    files = sorted(path for room in ("rtl_model", "processor") for path in (root / room).rglob("*")
                   if path.suffix in (".py", ".vlt") and "tests" not in path.parts)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
