"""The blocks of rtl_model: where each has its test, and which block a module of a design was made from."""

import re
from collections import namedtuple

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT

HARDWARE = ROOT / "rtl_model"
PLUMBING = ("hierarchy", "myhdl_internals")  # their blocks are no hardware of a design
TOPS = ("accelerator", "accelerator_axi", "accelerator_serial")
TESTED_AS = {"accelerator_serial": "test_board"}  # where no test is called as the block
FRONT_ENDS = ("spike_encoder", "event_loader")
LAYERS = ("if_layer", "if_layer_folded", "if_layer_map", "if_layer_rows")
OTHER_NAMES = {"result_queue": "queue", "larger": "largest", "write_table": "constant_table",
               "read_table": "constant_table", "load_region": "load_port"}
PARTS_OF_LAYERS = {  # layerK_...
    "serializer": "spike_serializer", "serializer_queue": "queue", "serializer_scanner": "way_scanner",
    "candidates": "candidate_queue", "candidates_memory": "word_memory", "candidates_front": "queue",
    "potentials": "word_memory", "pool_memory": "word_memory", "bank": "row_bank", "bank_potentials": "word_memory",
    "bank_pool_memory": "word_memory", "bank_lane": "row_lane", "memory": "lane_memory", "starts": "start_values"}
LANES = {"if_layer_map": "map_lane", "if_layer_rows": "row_lane"}  # of other layers if_lane

Block = namedtuple("Block", "name file test inside")


def blocks():
    """Every block as a Block, in order: its name, its file and that of its test (None if there is none) below ROOT,
    and `inside`, the blocks of whose modules it is a part, where it is no module of its own."""
    texts = {path: path.read_text() for path in sorted(HARDWARE.rglob("*.py")) if "tests" not in path.parts}
    files = [path for path, text in texts.items()
             if re.search(r"^@block$", text, re.MULTILINE) and path.stem not in PLUMBING]
    modules = {*LAYERS, *TOPS, *FRONT_ENDS, *re.findall(r"submodule(?:_array)?\(\s*[^,]*, (\w+)",
                                                        "".join(texts.values()))}
    tests = {path.stem: path for folder in ("rtl_model", "tb", "first_spike", "scripts")
             for path in (ROOT / folder).rglob("test_*.py")}
    for path in files:
        test = tests.get(TESTED_AS.get(path.stem, f"test_{path.stem}"))
        inside = [] if path.stem in modules else _modules_with(path, files, texts, modules)
        yield Block(path.stem, str(path.relative_to(ROOT)), test and str(test.relative_to(ROOT)), inside)


def _modules_with(path, files, texts, modules):
    """The blocks with modules of their own that the block in `path` is a part of, be it as a part of a part."""
    found = []
    for user in files:
        if f" first_spike.rtl_model.{path.parent.name}.{path.stem} import" in texts[user]:
            found += [user.stem] if user.stem in modules else _modules_with(user, files, texts, modules)
    return list(dict.fromkeys(found))


def block_of(module, modules):
    """The name of the block of a module; modules: all of its design, by which lanes and weights are told apart.

    Raises UserError for a module that no block is known for."""
    found = re.fullmatch(r"(layer\d+)_(\w+)", module)
    if not found:
        name = OTHER_NAMES.get(module, module)
    else:
        layer, part = found.groups()
        kind = next((kind for kind in LAYERS if f"{layer}_{kind}" in modules), None)
        name = PARTS_OF_LAYERS.get(part, part)
        if part == "lane":
            name = LANES.get(kind, "if_lane")
        elif part == "weights":
            name = "loaded_weight_memory" if "load_port" in modules else "weight_memory"
    if not any(HARDWARE.rglob(f"{name}.py")):
        raise UserError(f"the module {module} is of no block that tb/record/blocks.py knows")
    return name
