"""The manifest of a design, manifest.json: what it is, how it is connected, and which files are its own."""

import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

import myhdl

from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.errors import UserError
from first_spike.golden.version import VERSION
from first_spike.rtl_model.delivery.names import prefix
from first_spike.rtl_model.parts.descriptions import lines_of
from first_spike.rtl_model.parts.streams import AxiLite, Bundle
from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT, events_of_beat
from first_spike.rtl_model.shape.kinds import as_built, layer_shapes
from first_spike.rtl_model.shape.load_map import load_map
from first_spike.rtl_model.tops import DEFAULT, TOPS

MEANINGS = {
    "clk": "clock, rising edge; everything is synchronous to it",
    "rst": "reset, active high, for at least one cycle",
    **{f"s_axil_{member}": text for member, text in lines_of(AxiLite.__doc__, "Members").items()},
    "s_axis_tdata": "pixels of one byte in raster order, the first in [7:0]; what a last beat has too many is 0",
    "s_axis_tvalid": "there is a beat of an image",
    "s_axis_tready": "the beat is taken",
    "s_axis_tlast": "the last beat of its image",
    "s_axis_tkeep": "a bit for each byte: it is one; what the last beat has too many may be null bytes",
    "s_axis_tid": "handed to the result of the image, that of its first beat",
    "s_axis_tuser": "handed to the result of the image, that of its first beat",
    "m_axis_tdata": "the result of an image, see the result word",
    "m_axis_tvalid": "there is a result",
    "m_axis_tready": "the result is taken",
    "m_axis_tlast": "1 with every result, which is a frame of one word",
    "m_axis_tid": "TID of the image that the result is of",
    "m_axis_tuser": "TUSER of the image that the result is of",
    "s_load_valid": "there is a word of weights, thresholds or mask; it is always taken",
    "s_load_address": "where it goes: [23] the bank, [22:0] the place in `load_map` of manifest.json",
    "s_load_data": "the word",
    "s_bank_next": "the bank that the next image uses",
    "s_bank_in_use": "the bank of the image that is being classified",
    "rx": "from the host, 8 bits without parity, high when idle",
    "tx": "to the host, alike",
    "irq": "a cause that software has enabled has come; high until it is cleared",
}
OF_EVENTS = {  # meanings where the network takes events
    "s_axis_tdata": "an event, [23:0] its input, [31:24] its step; all ones in [23:0] of the only beat: there is none",
    "s_axis_tvalid": "there is an event of a recording",
    "s_axis_tlast": "the last event of its recording",
    "s_axis_tkeep": "a bit for each byte: it is one; an event has four",
    "m_axis_tdata": "the result of a recording, see the result word",
}
OF_SEVERAL = {  # where a beat has several of them
    "s_axis_tdata": "[23:0] the input of one, [31:24] its step; all ones in [23:0] of the only one: there is none",
    "s_axis_tvalid": "there is a beat of a recording",
    "s_axis_tlast": "the last beat of its recording",
    "s_axis_tkeep": "a bit for each byte: it is one; an event has four, and null bytes are only behind the last",
}
RESULT_WORD = {
    "15:0": "class, as a number that counts from 0",
    "24:16": "time step of the decision; the number of steps if no output neuron fired",
    "29": "silent: no output neuron fired, the class is that of the largest potential",
    "30": "tie: several output neurons fired in the step of the decision",
    "31": "bad frame: TLAST came early (what is missing counts as black) or late (the rest is dropped)",
}


BAD_OF_EVENTS = {
    "31": "bad frame: up to the end of the decision step an event was out of order or range, or too many, and dropped",
}
MANIFEST = "manifest.json"
FORMAT = 1
EVENT = {"input": f"{INPUT_BITS - 1}:0", "step": f"{EVENT_BITS - 1}:{INPUT_BITS}", "no_input": NO_INPUT}  # of a beat
GENERATOR = "first-spike"


class Port(NamedTuple):
    """name, direction ("input" or "output"), width in bits, meaning in a line."""

    name: str
    direction: str
    width: int
    meaning: str


def ports(design, top):
    """The Ports of an accelerator of this network and Configuration whose top is one of TOPS, in the order of its
    module's."""
    meanings, events = MEANINGS | (OF_EVENTS if design.network.takes == EVENTS else {}), events_of_beat(design)
    if events > 1:
        meanings |= OF_SEVERAL | {"s_axis_tdata": f"{events} events, the first in [31:0]: {OF_SEVERAL['s_axis_tdata']}"}
    return [Port(name, direction, len(signal), meanings[name])
            for name, direction, signal in _flat(TOPS[top].ports(design), TOPS[top].outputs)]


def result_word(network):
    """What the bits of the result word of a network's hardware mean."""
    return RESULT_WORD | (BAD_OF_EVENTS if network.takes == EVENTS else {})


def _flat(ports, outputs):
    """(name, direction, signal) of every port; a bundle at `s_...` is received."""
    for name, value in ports.items():
        if not isinstance(value, Bundle):
            yield name, "output" if name in outputs else "input", value
            continue
        for member, signal in value.signals():
            received = name.startswith("s_") != (member in value.inward)
            yield f"{name}_{member}", "input" if received else "output", signal


def describe(design, name="", top=DEFAULT):
    """What a manifest says of a design, whose top is one of TOPS, but for its files: everything that the bytes of these
    depend on."""
    network, shapes, chosen = design.network, layer_shapes(design), dict(design.settings)
    del chosen["lanes"]  # said of each layer
    if design.configuration.is_loadable:
        chosen["load_map"] = [region._asdict() for region in load_map(design)]
    of_events = {} if network.takes == PIXELS else {"input": EVENTS, "most_events": network.most_events, "event": EVENT}
    return {
        "manifest_format": FORMAT,
        "generator": f"{GENERATOR} {VERSION}",
        "myhdl": myhdl.__version__,
        "name": name,
        "top": f"{prefix(name)}{top}",
        "network_sha256": network.sha256,
        "design_sha256": hashlib.sha256(json.dumps([network.sha256, design.settings]).encode()).hexdigest(),
        "classes": list(network.classes),
        "image_shape": list(network.image_shape),
        "inputs": network.inputs,
        "steps": network.steps,
        **of_events,
        **chosen,
        "layers": [
            {"neurons": size, "lanes": shape.lanes, "folds": shape.folds, "ways": shape.ways, "rows": shape.rows,
             "weight_bits": shape.weight_bits, "potential_bits": shape.potential_bits,
             **({} if shape.start_bits is None else _loaded(shape, layer))}
            for size, shape, layer in zip(network.sizes, shapes, network.layers)],
        "clock": {"port": "clk", "edge": "rising"},
        "reset": {"port": "rst", "active": "high", "synchronous": True, "cycles": 1},
        "ports": [port._asdict() for port in ports(design, top)],
        "result_word": result_word(network),
    }


def _loaded(shape, layer):
    """What a loader wants to know of a layer besides."""
    facts = as_built(layer).facts()
    return {"start_bits": shape.start_bits} | ({"convolution": facts, "sources": shape.fold_stride << shape.place_bits}
                                               if facts else {})


def write_manifest(folder, description, roles):
    """Write the manifest of the design in `folder` whose files are {name: role}, in this order, each with its hash."""
    files = [{"name": name, "role": role, "sha256": hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()}
             for name, role in roles.items()]
    Path(folder, MANIFEST).write_text(json.dumps({**description, "files": files}, indent=2) + "\n")


def read_manifest(folder):
    """The manifest of the design in `folder`, as a dict.

    Raises UserError if there is no folder or no manifest in it, if it is none of this generator or of another format,
    or if it is damaged: names of the top and of the files are plain ones, whatever stands in the file.
    """
    path = Path(folder, MANIFEST)
    if not Path(folder).is_dir():
        raise UserError(f"there is no folder {folder}")
    try:
        manifest = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise UserError(f"{folder} is no design of this generator: it has no {MANIFEST}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path} is no whole manifest of a design") from error
    if not isinstance(manifest, dict) or not str(manifest.get("generator")).startswith(f"{GENERATOR} "):
        raise UserError(f"{folder} is no design of this generator: its {MANIFEST} is of something else")
    if manifest.get("manifest_format") != FORMAT:
        raise UserError(f"the design in {folder} is of another version of this generator (manifest_format "
                        f"{manifest.get('manifest_format')}, not {FORMAT})")
    if not _is_whole(manifest):
        raise UserError(f"{path} is no whole manifest of a design")
    return manifest


def files_of(manifest, *roles):
    """The names of the files that have one of `roles` in a manifest."""
    return [file["name"] for file in manifest["files"] if file["role"] in roles]


def _is_whole(manifest):
    try:
        plain = [(r"\w*", manifest["name"]), (r"\w+", manifest["top"]),
                 *((r"\w[\w.]*", file["name"]) for file in manifest["files"]),
                 *((r"[\w ]+", file["role"]) for file in manifest["files"])]
        return all(re.fullmatch(pattern, name, re.ASCII) for pattern, name in plain)
    except (KeyError, TypeError):
        return False
