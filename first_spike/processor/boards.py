"""The processors that boards hold: what each bitstream takes, at which clock; designs of them, made once.

How long a processor behind registers takes, image by image, and how long a network is on its way to it.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import first_spike
from first_spike.command.hardware_options import given_options
from first_spike.golden.contract.processor import ALL, Processor
from first_spike.golden.errors import UserError
from first_spike.processor.folder import generate_processor
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.rtl_model.tops import PROCESSOR_SERIAL
from first_spike.synthesis.targets import BOARDS, Board, find_board

MADE_FROM = "made_from"
BAUD = 1_000_000  # of all boards
LINE_BITS = 10  # of a byte on a serial line
FRAME_WORDS = 252  # of a load in a frame of the line, beside which there are
FRAME_BYTES = 10, 10  # of the frame, and of its answer: header, CRC and both ENDs
WORD_CYCLES = 45  # that the processor takes for a word, at the most


@dataclass(frozen=True)
class ProcessorBoard:
    """A Board with its clock for a processor."""

    board: Board
    limits: Processor


IN_25F = Processor(lanes=16, weight_words=8192)
FEW_ENABLES = "-dffe_min_ce_use 6"  # else its registers find no places, which share clock enables by eight
PROCESSORS = {name: ProcessorBoard(replace(BOARDS[name], clock=clock, synthesis=synthesis), limits)
              for name, clock, synthesis, limits in (
    ("ulx3s", 60, "", Processor(lanes=16, weight_words=32768, inputs=4096, neurons=8192, words=2048, kinds=ALL)),
    ("ulx3s-25f", 50, "", IN_25F), ("ulx3s-12f", 50, "", IN_25F), ("i5", 50, "", IN_25F),
    ("icebreaker", 24, FEW_ENABLES, Processor(lanes=8, weight_words=16384, inputs=784, neurons=256, words=32, layers=4,
                                           pixels=2, memory="spram")),
    ("tangnano20k", 54, "", Processor(lanes=8, weight_words=16384, neurons=256, words=32, layers=4, pixels=4)))}
DEFAULT = "ulx3s"


def find_processor(name):
    """The ProcessorBoard called `name`; UserError for an unknown one."""
    find_board(name)
    if name not in PROCESSORS:
        raise UserError(f"there is no processor for {name} yet: choose {', '.join(PROCESSORS)}")
    return PROCESSORS[name]


def chosen_processor(name, arguments):
    """The ProcessorBoard of the board called `name`, with what the command line says instead of its own limits.

    Raises UserError for an unknown board, for limits that cannot be, and for a kind of memory that the board has not.
    """
    usual = find_processor(name)
    limits = replace(usual.limits, **given_options(arguments, Processor))
    if limits.memory not in (Processor.memory, *usual.board.device.capacity):
        raise UserError(f"{name} has no {limits.memory.upper()}: choose --memory {Processor.memory}")
    return replace(usual, limits=limits)


def folder_name(limits):
    """A name for the work on a processor, which nothing else has."""
    return "_".join(["processor", *map(str, limits.settings.values())])


def made_design(limits, folder, cycles_per_bit):
    """The folder of a Processor at a serial line, in `folder`, which is that one's alone; made only
    where what lies there was not made of the same sources."""
    made, stamp = Path(folder, "design"), Path(folder, MADE_FROM)
    key = f"{folder_name(limits)} {cycles_per_bit} {_sources()}"
    if not (made.is_dir() and stamp.exists() and stamp.read_text() == key):
        stamp.unlink(missing_ok=True)
        generate_processor(limits, made, top=PROCESSOR_SERIAL, cycles_per_bit=cycles_per_bit)
        stamp.write_text(key)
    return made


@cache
def _sources():
    """The hash of everything that a design is made of."""
    root = Path(first_spike.__file__).parent
    files = sorted(path for room in ("golden/contract", "rtl_model", "processor") for path in (root / room).rglob("*")
                   if path.suffix in (".py", ".vlt") and "tests" not in path.parts)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def load_seconds(network, limits, baud, mhz):
    """Seconds that a load takes at the least over a line of so many baud, at a clock of so many MHz, without the time
    that the host takes. Raises UserError if the network does not fit."""
    words = len(load_words(network, limits)) - 1
    frames = -(-words // FRAME_WORDS)
    return LINE_BITS * (4 * words + frames * sum(FRAME_BYTES)) / baud + WORD_CYCLES * words / (1e6 * mhz)
