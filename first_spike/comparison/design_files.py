"""The files of a design: their configuration, and where they differ from what the generator makes.

A design with all that goes along, its testbench too, whose results are those of golden inference.
"""

from pathlib import Path

import numpy as np

from first_spike.command.silence import warn
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.data.catalogue import load
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import LARGEST_STEP, Recordings
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.delivery.deliver import Vectors
from first_spike.rtl_model.delivery.manifest import MANIFEST, read_manifest
from first_spike.rtl_model.delivery.names import prefix
from first_spike.rtl_model.tops import DEFAULT, STREAMED

CONTEXT = 12  # characters shown on either side of a difference in a long line


def read_design(folder, network):
    """The Design in the manifest of the design in `folder`; UserError unless it was made from `network`."""
    path, manifest = Path(folder, MANIFEST), read_manifest(folder)
    if "limits" in manifest:
        raise UserError(f"{path} is a processor's, which belongs to no network: `first-spike compare --top processor` "
                        f"compares one, `first-spike bitstream --top processor` counts its cells")
    try:
        chosen = {option.name: manifest[option.name] for option in Configuration.options()
                  if option.name != "lanes" and not (option.of_pixels and manifest.get("input") == EVENTS)
                  and (option.name in manifest or not (option.of_streams or option.of_maps))}
        configuration = Configuration([layer["lanes"] for layer in manifest["layers"]], **chosen)
        source = manifest["network_sha256"]
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} is no whole manifest of a design") from error
    if source != network.sha256:
        raise UserError(f"the design in {folder} was made from the network {source[:12]}…, not from "
                        f"{network.sha256[:12]}…")
    return Design(network, configuration)


def top_of(folder):
    """Which of TOPS the design in `folder` is, or a processor's name; UserError where there is none."""
    manifest = read_manifest(folder)
    return manifest["top"].removeprefix(prefix(manifest["name"]))


def require_core(folder):
    """Raise UserError unless the design in `folder` is the bare core, in which every spike can be seen."""
    top = top_of(folder)
    if top != DEFAULT:
        raise UserError(f"{folder} holds {top}, and only the bare core, {DEFAULT}, can be compared: generate one")


def expected_folder(build, design):
    """Where the generator's own design goes that the one in folder `design` is compared with; UserError if that is the
    same folder."""
    folder = Path(build, "expected")
    if folder.resolve() == Path(design).resolve():
        raise UserError(f"{design} is where the generator's own design goes, to compare with: choose another --build")
    return folder


def differences(expected, found):
    """Where folder `found` differs from folder `expected`: a sentence for each file, in the order of their names.

    Raises UserError when `found` is no folder.
    """
    if not Path(found).is_dir():
        raise UserError(f"there is no design in {found}")
    wanted, there = _files(expected), _files(found)
    sentences = []
    for name in sorted(wanted | there):
        if name not in there:
            sentences.append(f"{Path(found, name)} is missing")
        elif name not in wanted:
            sentences.append(f"{Path(found, name)} is not a file of this design")
        else:
            before, after = Path(expected, name).read_bytes(), Path(found, name).read_bytes()
            if before != after:
                sentences.append(f"{Path(found, name)} {_place(before, after)}")
    return sentences


def _files(folder):
    return {path.name for path in Path(folder).iterdir()}


def _place(before, after):
    """The first line that differs, with what it should be and what it is."""
    old, new = (content.decode("utf-8", "replace").split("\n") for content in (before, after))
    number = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    if number == min(len(old), len(new)):
        return f"has {len(new)} lines, expected {len(old)}"
    a, b = old[number], new[number]
    column = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"line {number + 1}, column {column + 1}: expected {_around(a, column)}, found {_around(b, column)}"


def _around(line, column):
    start, end = max(0, column - CONTEXT), column + CONTEXT + 1
    return f"'{'…' * (start > 0)}{line[start:end]}{'…' * (end < len(line))}'"


COUNT = 6  # images of the testbench beside the all-black and the all-white one: enough to see a mistake, few to carry
SEED = 1
SQUARE = 4  # pixels on a side
MOST_DRAWN = 1 << 14  # events of a recording


def write_whole_design(design, out, name="", top=DEFAULT):
    """`rtl_model.convert.generate` with vectors, where the top has streams for them: the same arguments, result and
    errors."""
    own = vectors(design.network) if top in STREAMED else None
    return generate(design, out, name, own, top)


def write_named_design(design, out, name="", top=DEFAULT):
    """`write_whole_design` into a folder that somebody chose: where it replaced a design of another name or network,
    that is said on stderr."""
    before = read_manifest(out) if Path(out, MANIFEST).is_file() else None
    folder = write_whole_design(design, out, name, top)
    if before is not None:
        network = "" if before.get("network_sha256") == design.network.sha256 else ", of another network,"
        if network or before["name"] != name:
            warn([f"the design {before['name'] or 'without a name'}{network} in {folder} was replaced: each design "
                  f"wants a folder of its own"])
    return folder


def write_like(given, design, folder):
    """Write a Design into `folder` as what lies in the folder `given` has to be, which may have a name, or as a new
    one where that is None; returns the Path of what was written. Errors as in `write_whole_design`."""
    if given is None:
        return write_whole_design(design, folder / "design")
    return write_whole_design(design, expected_folder(folder, given), read_manifest(given)["name"])


def vectors(network):
    """The Vectors of a network, the same every time: digits that come along where the network takes and mostly decides
    on such, else random images; or random recordings."""
    images, source = _recordings(network) if network.takes == EVENTS else _images(network)
    result = infer(network, images)
    return Vectors(images, pack(result.classes, result.decision_time, result.silent, result.tie, result.bad), source)


def _images(network):
    """(images, where they come from)."""
    images = load("samples", train=False).test_images[:COUNT]
    source = f"the first {COUNT} of the MNIST test set (CC BY-SA 3.0)"
    if network.image_shape != images.shape[1:] or np.mean(infer(network, images).silent) > 0.5:
        images = _telling(network, _random_images(network.image_shape))
        source = f"{COUNT} of random pixels or squares, chosen for their classes"
    extremes = np.stack([np.full(network.image_shape, pixel, np.uint8) for pixel in (0, 255)])
    return np.concatenate([images, extremes]), f"{source}, an all-black and an all-white one"


def _random_images(shape):
    """uint8 [4 * COUNT, *shape]: single pixels, then squares, of any brightness, and such of which half are black."""
    rng, made = np.random.default_rng(SEED), []
    for side in (1, SQUARE):
        for share in (1, 0.5):
            coarse = (COUNT, -(-shape[0] // side), -(-shape[1] // side), *shape[2:])
            pixels = rng.integers(0, 256, coarse) * (rng.random(coarse) < share)
            made.append(pixels.repeat(side, 1).repeat(side, 2)[:, :shape[0], :shape[1]])
    return np.concatenate(made).astype(np.uint8)


def _telling(network, images):
    """COUNT of the images: of as many classes as there are, and silent ones only where no others are left."""
    result = infer(network, images)
    kinds = list(zip(result.classes, result.silent))
    again = [kinds[:number].count(kind) for number, kind in enumerate(kinds)]
    return images[np.sort(np.lexsort((again, result.silent))[:COUNT])]


def _recordings(network):
    """(Recordings, where they come from)."""
    rng, most = np.random.default_rng(SEED), min(network.most_events, MOST_DRAWN)
    none = (0, network.steps) if network.steps <= LARGEST_STEP else (network.inputs, 0)
    made = [[], [none]]  # empty, and of one event that is none
    for count in (*rng.integers(1, most + 1, COUNT - 2), most, most + 1):
        steps = np.sort(rng.integers(0, network.steps, count))
        made.append(list(zip(rng.integers(0, network.inputs, count).tolist(), steps.tolist())))
    return Recordings.of_lists(made), (f"{COUNT + 2} recordings of random events, an empty one, one without a right "
                                       f"event{' and one of too many' * (most == network.most_events)} among them")
