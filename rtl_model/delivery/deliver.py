"""What lies beside the modules of a design, so that it can be used without this project: testbench and vectors, file
list, waivers, FuseSoC core, constraints, what other systems want, README, manifest."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.recordings import Recordings
from first_spike.golden.version import VERSION
from first_spike.rtl_model.delivery.manifest import GENERATOR, describe, write_manifest
from first_spike.rtl_model.delivery.names import fill, prefix
from first_spike.rtl_model.delivery.systems import of_systems, systems
from first_spike.rtl_model.layer.weight_memory import FOLDER_MACRO
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, events_of_beat, frames_of
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.simulate import patience
from first_spike.rtl_model.tops import DEFAULT

STALLED_BEAT = 40  # cycles that a beat may take, twice the mean where most stalls are
FILE_LIST = "filelist.f"
MAPS = Path(__file__).resolve().parents[1] / "registers"
REGISTER_MAP = ("first_spike.h", "first_spike.xml")  # for programs in C, and IP-XACT
DRIVER = tuple(f"first_spike_{name}.{ending}" for name in ("driver", "uio") for ending in ("h", "c"))


@dataclass(frozen=True, eq=False)
class Vectors:
    """Images and the result words that they must give, for the testbench that goes along with a design.

    images: uint8 [n, rows, columns], or Recordings; words: int64 [n], the result word of each; source: where the
    images come from, in a line of text. The words are the caller's, since hardware must not compute what it is checked
    by.
    """

    images: np.ndarray | Recordings
    words: np.ndarray
    source: str


def deliver(folder, design, name="", vectors=None, top=DEFAULT):
    """Write what goes along with the modules (those of filelist.f, the top last) and hex files in `folder`.

    vectors: Vectors for the testbench; without, there is none; top: one of TOPS.
    """
    configuration = design.configuration
    folder = Path(folder)
    description = describe(design, name, top)
    if configuration.is_loadable and top != DEFAULT:
        vectors = None  # its testbench would have to load through registers
    tied = _tied(description["ports"])
    top = description["top"]
    modules = Path(folder, FILE_LIST).read_text().split()
    weights = sorted((path.name for path in folder.glob("*.hex")), key=_by_numbers)
    roles = {**dict.fromkeys(modules, "module"), **dict.fromkeys(weights, "weights"), FILE_LIST: "file list"}
    values = {"TOP": top, "MODULE": [Path(module).stem for module in modules], "WEIGHTS": weights, "VECTORS": [],
              "CONSTANT": [""] if weights else [], "AND_WEIGHTS": ", weights" if weights else "",
              "LOADED": [""] if configuration.is_loadable else [], "LOAD_FILE": [],
              "BY_PORT": [""] if configuration.is_loadable and not tied else [],
              "BY_REGISTERS": [""] if configuration.is_loadable and tied else [], "TARGET": "lint", "BENCH": [],
              "TIED": tied, "REGISTERS": [""] if tied else [], "MACRO": prefix(name) + FOLDER_MACRO,
              "GENERATOR": description["generator"], "CORE": core_name(description),
              **_tables(description), **_of_input(design), **of_systems(description)}
    if vectors is not None:
        files = [f"{top}_tb_frames.hex", f"{top}_tb_results.hex"]
        words = load_words(design) if configuration.is_loadable else []
        if configuration.is_loadable:
            files.append(f"{top}_tb_load.hex")
            values["LOAD_FILE"] = [""]
        values |= {"BENCH": [""], "TARGET": "sim", "VECTORS": files, "WORDS": len(words),
                   "OR_LOADING": " || loading" if configuration.is_loadable else ""}
        _write_testbench(folder, vectors, words, design, values)
        roles |= {f"{top}_tb.v": "testbench", **dict.fromkeys(values["VECTORS"], "vectors")}
    for template, file, role in (("waivers.vlt", f"{top}.vlt", "waivers"), ("design.core", f"{top}.core", "core"),
                                 ("clock.sdc", f"{top}.sdc", "constraints"), ("clock.xdc", f"{top}.xdc", "constraints"),
                                 ("clock.lpf", f"{top}.lpf", "constraints"), ("README.md", "README.md", "text")):
        (folder / file).write_text(fill(template, values))
        roles[file] = role
    for file, text, role in systems(description, modules, weights, values):
        (folder / file).write_text(text)
        roles[file] = role
    for file in REGISTER_MAP + DRIVER if tied else ():
        shutil.copy(MAPS / file, folder)
        roles[file] = "driver" if file in DRIVER else "register map"
    write_manifest(folder, description, roles)


def core_name(description):
    """The name (VLNV) of the core of a design, of which `describe` says this: another network or other options are
    another core, since versions of one core are taken for each other's successors."""
    return f"{GENERATOR}:designs:{description['top']}_{description['design_sha256'][:8]}:{VERSION}"


def _tied(ports):
    """How a testbench of the streams connects the ports that are none of theirs: inputs to 0, outputs to nothing."""
    return [f"{port['name']}({port['width']}'d0)" if port["direction"] == "input" else f"{port['name']}()"
            for port in ports if port["name"] not in ("clk", "rst")
            and not re.search("_axis_|^s_load_|^s_bank_", port["name"])]


def _by_numbers(name):
    """Sorts weights_9 before weights_10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def _write_testbench(folder, vectors, loaded, design, values):
    size = beat_bytes(design)
    frames = [beats_of(frame, size) for frame in frames_of(design, vectors.images)]
    longest = max(map(len, frames))
    of_events = design.network.takes == EVENTS  # then frames differ in length: a digit before each beat says TLAST
    tkeep = bool(values["KEPT"])  # then the null bytes of each beat stand before it
    values = values | {"IMAGES": len(vectors.words), "BITS": 8 * size, "SOURCE": vectors.source,
                       "KEEP": size, "KEEP_AND": "KEEP+" * tkeep,
                       "DATA": "{s_axis_tkeep, s_axis_tdata}" if tkeep else "s_axis_tdata",
                       "BEATS": sum(map(len, frames)) if of_events else longest,
                       "PATIENCE": patience(design) + STALLED_BEAT * longest,
                       "ENDS": (f"frames[sent % BEATS][{'KEEP+' * tkeep}BITS]" if of_events else
                                "sent % BEATS == BEATS - 1"), **_tags(design.configuration),
                       "PIXELS": [] if of_events else [""], "EVENTS": [""] if of_events else []}
    (folder / f"{values['TOP']}_tb.v").write_text(fill("testbench.v", values))
    lines = [f"{_before(last, of_events, keep, tkeep, size)}{data:0{2 * size}x}" for frame in frames
             for data, last, keep in frame]
    contents = lines, [f"{word:08x}" for word in vectors.words], [f"{word:04x}" for word in loaded]
    for file, words in zip(values["VECTORS"], contents):
        (folder / file).write_text("".join(f"{word}\n" for word in words))


def _tags(configuration):
    """What the testbench has of tags: frames are numbered by them."""
    bits = {name: f"[{count - 1}:0]" for name, count in (("tid", configuration.tid_bits),
                                                          ("tuser", configuration.tuser_bits)) if count}
    return {
        "TAGGED": [""] if bits else [],
        "TAG_SIGNAL": [f"{kind} {width} {end}_axis_{name};" for name, width in bits.items()
                       for kind, end in (("reg", "s"), ("wire", "m"))],
        "TAG_PORT": [f"{end}_axis_{name}" for name in bits for end in "sm"],
        "TAG_SENT": [f"s_axis_{name} <= begins ? begun{width} : ~begun{width};" for name, width in bits.items()],
        "TAG_WRONG": " || ".join(f"m_axis_{name} !== results{width}" for name, width in bits.items())}


def _before(last, of_events, keep, tkeep, size):
    """The digits before the data of a beat: whether it is the last, where frames differ in length, and TKEEP."""
    bits = last << size | keep if of_events else keep
    return f"{bits:0{-(-(size + of_events) // 4)}x}" if tkeep else "01"[last] * of_events


def _tables(description):
    """The rows of the tables of README.md."""
    return {
        "PORT": [f"| `{port['name']}` | {port['direction']} | {port['width']} | {port['meaning']} |"
                 for port in description["ports"]],
        "BITS_OF_RESULT": [f"| {bits} | {meaning} |" for bits, meaning in description["result_word"].items()],
        "LAYER": [f"| {number} | {layer['neurons']} | {layer['lanes']} | {layer['weight_bits']} | "
                  f"{layer['potential_bits']} |" for number, layer in enumerate(description["layers"])],
        "CLASSES": len(description["classes"]),
        "SHAPE": " x ".join(map(str, description["image_shape"])), "STEPS": description["steps"],
    }


def _of_input(design):
    """What README.md says of a frame: of pixels or of events."""
    network, events = design.network, events_of_beat(design)
    if not events:
        return {"OF_PIXELS": [""], "OF_EVENTS": [], "BEATS": -(-network.inputs // beat_bytes(design))}
    share, each, dropped = ("an", "event each", "beats") if events == 1 else (
        f"each of {events}", "events, the first in the lowest 32 bits, null bytes only behind the last. An\nevent",
        "events")
    return {"OF_PIXELS": [], "OF_EVENTS": [""], "BEATS": -(-network.most_events // events), "SHARE": share,
            "EACH": each, "DROPPED": dropped, "LAST_INPUT": network.inputs - 1, "LAST_STEP": network.steps - 1}
