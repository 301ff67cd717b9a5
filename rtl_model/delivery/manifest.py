"""The manifest of a design, manifest.json: what it is, how it is connected, and which files are its own."""

import hashlib
import json
import re
from pathlib import Path

import myhdl

from first_spike import __version__
from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.names import prefix
from first_spike.rtl_model.delivery.ports import ports, result_word
from first_spike.rtl_model.layer.kinds import layer_shapes
from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT
from first_spike.rtl_model.shape.load_map import load_map
from first_spike.rtl_model.tops import DEFAULT

MANIFEST = "manifest.json"
FORMAT = 1
EVENT = {"input": f"{INPUT_BITS - 1}:0", "step": f"{EVENT_BITS - 1}:{INPUT_BITS}", "no_input": NO_INPUT}  # of a beat
GENERATOR = "first-spike"


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
        "generator": f"{GENERATOR} {__version__}",
        "myhdl": myhdl.__version__,
        "name": name,
        "top": f"{prefix(name)}{top}",
        "network_sha256": network.sha256,
        "classes": list(network.classes),
        "image_shape": list(network.image_shape),
        "inputs": network.inputs,
        "steps": network.steps,
        **of_events,
        **chosen,
        "layers": [
            {"neurons": size, "lanes": shape.lanes, "folds": shape.folds, "ways": shape.ways, "rows": shape.rows,
             "weight_bits": shape.weight_bits, "potential_bits": shape.potential_bits,
             **({} if shape.start_bits is None else {"start_bits": shape.start_bits})}
            for size, shape in zip(network.sizes, shapes)],
        "clock": {"port": "clk", "edge": "rising"},
        "reset": {"port": "rst", "active": "high", "synchronous": True, "cycles": 1},
        "ports": [port._asdict() for port in ports(design, top)],
        "result_word": result_word(network),
    }


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
