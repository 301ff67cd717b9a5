"""The files of a design: their configuration, and where they differ from what the generator makes."""

from pathlib import Path

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.manifest import MANIFEST, read_manifest
from first_spike.rtl_model.delivery.names import prefix
from first_spike.rtl_model.tops import DEFAULT

CONTEXT = 12  # characters shown on either side of a difference in a long line


def read_design(folder, network):
    """The Design in the manifest of the design in `folder`; UserError unless it was made from `network`."""
    path, manifest = Path(folder, MANIFEST), read_manifest(folder)
    try:
        chosen = {option.name: manifest[option.name] for option in Configuration.options()
                  if option.name != "lanes" and not (option.of_pixels and manifest.get("input") == EVENTS)}
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


def require_core(folder):
    """Raise UserError unless the design in `folder` is the bare core, in which every spike can be seen."""
    manifest = read_manifest(folder)
    top = manifest["top"].removeprefix(prefix(manifest["name"]))
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
