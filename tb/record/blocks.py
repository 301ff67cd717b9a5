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

BLOCK = re.compile(r"^@block\ndef (\w+)\(.*?(?=^[@\w]|\Z)", re.MULTILINE | re.DOTALL)
Block = namedtuple("Block", "name file test inside")


def blocks():
    """Every block as a Block, in order: its name, its file and that of its test (None if there is none) below ROOT,
    and `inside`, the blocks of whose modules it is a part, where it is no module of its own. Those that are tested
    together go by the name of their file; those without a test are parts of others beside them."""
    tests = {path.stem: path for folder in ("rtl_model", "tb", "first_spike", "scripts")
             for path in (ROOT / folder).rglob("test_*.py")}
    texts, files = _texts()
    modules = {*LAYERS, *TOPS, *FRONT_ENDS,
               *re.findall(r"submodule(?:_array)?\(\s*[^,]*, (\w+)", "".join(texts.values()))}
    together = {path.stem: [name for name in files if files[name] == path] for path in files.values()}
    for name, path in {**files, **{path.stem: path for path in files.values()}}.items():
        test = tests.get(TESTED_AS.get(name, f"test_{name}"))
        if test or name == path.stem and not any(f"test_{other}" in tests for other in together[name]):
            parts = [name] if name in files else together[name]
            inside = [user for part in parts for user in _modules_with(part, texts, modules)]
            yield Block(name, str(path.relative_to(ROOT)), test and str(test.relative_to(ROOT)),
                        [] if name in modules else list(dict.fromkeys(inside)))


def _texts():
    """({block: its text}, {block: its file}) of all there are."""
    texts, files = {}, {}
    for path in sorted(HARDWARE.rglob("*.py")):
        if "tests" not in path.parts and path.stem not in PLUMBING:
            for found in BLOCK.finditer(path.read_text()):
                texts[found[1]], files[found[1]] = found[0], path
    return texts, files


def _modules_with(name, texts, modules):
    """The blocks with modules of their own that the block `name` is a part of, be it as a part of a part."""
    found = []
    for user, text in texts.items():
        if user != name and re.search(rf"\b{name}[(,]", text):
            found += [user] if user in modules else _modules_with(user, texts, modules)
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
    if name not in _texts()[1]:
        raise UserError(f"the module {module} is of no block that tb/record/blocks.py knows")
    return name
