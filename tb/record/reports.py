"""The reports of the runs that are there, and whether they are of the sources that are there.

The blocks of rtl_model: where each has its test, and which block a module of a design was made from.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter, namedtuple
from functools import cache
from pathlib import Path

from first_spike.command.cli import differs_from
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT

HARDWARE = ROOT / "rtl_model"
PLUMBING = ("hierarchy", "myhdl_internals")  # their blocks are no hardware of a design
TOPS = ("accelerator", "accelerator_axi", "accelerator_serial", "processor_axi", "processor_serial")
TESTED_AS = {  # where no test is called as the block
    "accelerator_serial": "test_board",
    **dict.fromkeys(("processor_registers", "processor_serial"), "test_board_processor"),
    **dict.fromkeys(("class_finder", "fold_sequencer", "processor_lane"), "test_processor_engine"),
    **dict.fromkeys(("event_gauge", "frame_gauge", "load_receiver", "network_tables", "spike_list"),
                    "test_processor_front"),
    **dict.fromkeys(("front_end", "lane_pipeline", "layer_engine", "layer_pass", "layer_sequencer", "network_store",
                     "visit_delays"), "test_processor"),
    **dict.fromkeys(("map_sequencer", "position_walker", "reach_table", "window_judge"), "test_processor_positions"),
    **dict.fromkeys(("bank_header", "frame_banks"), "test_resident_networks"),
    "kind_sequencer": "test_processor_maps"}
FRONT_ENDS = ("spike_encoder", "event_loader")
LAYERS = ("if_layer", "if_layer_folded", "if_layer_map", "if_layer_rows")
OTHER_NAMES = {"result_queue": "queue", "larger": "largest", "write_table": "constant_table",
               "read_table": "constant_table", "load_region": "load_port", "frame_queue": "queue",
               "candidates_of_maps": "candidate_queue", "frame_tid": "frame_tag", "frame_tuser": "frame_tag",
               **dict.fromkeys(("input_list", "hidden_list"), "spike_list"),
               **dict.fromkeys(("slot_words", "weight_words", "reach_near", "reach_far", "window_words"),
                               "loaded_words"),
               **dict.fromkeys(("pool_words_of_maps", "queued_words", "potential_words", "list_memory"), "word_memory")}
PARTS_OF_LAYERS = {  # layerK_...
    "serializer": "spike_serializer", "serializer_queue": "queue", "serializer_scanner": "way_scanner",
    "candidates": "candidate_queue", "candidates_memory": "word_memory", "candidates_front": "queue",
    "potentials": "word_memory", "pool_memory": "word_memory", "bank": "row_bank", "bank_potentials": "word_memory",
    "bank_pool_memory": "word_memory", "bank_lane": "row_lane", "memory": "lane_memory", "starts": "start_values"}
LANES = {"if_layer_map": "map_lane", "if_layer_rows": "row_lane"}  # of other layers if_lane

BLOCK = re.compile(r"^@block\ndef (\w+)\(.*?(?=^[@\w]|\Z)", re.MULTILINE | re.DOTALL)
Block = namedtuple("Block", "name file test inside")


@cache
def blocks():
    """Every block as a Block, in order: its name, its file and that of its test (None if there is none) below ROOT,
    and `inside`, the blocks of whose modules it is a part, where it is no module of its own. Those that are tested
    together go by the name of their file; those without a test are parts of others beside them."""
    tests = {path.stem: path for folder in ("rtl_model", "tb", "first_spike", "scripts")
             for path in (ROOT / folder).rglob("test_*.py")}
    texts, files = _texts()
    modules = {*LAYERS, *TOPS, *FRONT_ENDS,
               *re.findall(r"submodule(?:_array)?\(\s*[^,]*, (\w+)", "".join(
                   path.read_text() for path in set(files.values())))}
    together = {path.stem: [name for name in files if files[name] == path] for path in files.values()}
    found = []
    for name, path in {**files, **{path.stem: path for path in files.values()}}.items():
        test = tests.get(TESTED_AS.get(name, f"test_{name}"))
        if test or name == path.stem and not any(f"test_{other}" in tests for other in together[name]):
            parts = [name] if name in files else together[name]
            inside = [user for part in parts for user in _modules_with(part, texts, modules)]
            found.append(Block(name, str(path.relative_to(ROOT)), test and str(test.relative_to(ROOT)),
                               [] if name in modules else list(dict.fromkeys(inside))))
    return found


@cache
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
        name = re.sub(r"^(list_memory)_\d+$", r"\1", module)
        name = OTHER_NAMES.get(name, PARTS_OF_LAYERS.get(name, name))
    else:
        layer, part = found.groups()
        kind = next((kind for kind in LAYERS if f"{layer}_{kind}" in modules), None)
        name = PARTS_OF_LAYERS.get(part, part)
        if part == "lane":
            name = LANES.get(kind, "if_lane")
        elif part == "weights":
            name = "loaded_weight_memory" if "load_port" in modules else "weight_memory"
    if name not in _texts()[1]:
        raise UserError(f"the module {module} is of no block that tb/record/reports.py knows")
    return name


# Where a command leaves its report, in the folder of what is built, and what it stands for.
REPORTS = {
    "make prove": ("prove/report.json", "proofs for all inputs"),
    "make prove-deep": ("prove_deep/report.json", "proofs that take long"),
    "make mutants": ("mutants/report.json", "faults in the Verilog"),
    "make mutants-sources": ("mutants-sources/report.json", "faults in golden, the drivers and the referee"),
    "make coverage": ("coverage/report.json", "coverage of the Verilog and of Python"),
    "make soak": ("soak/report.json", "random networks, configurations, images, stalls, resets, wrong frames"),
    "make fuzz-readers": ("fuzz/report.json", "files of any bytes, by atheris"),
    "make bench": ("bench/report.json", "a whole test set in several configurations"),
    "make netlist": ("netlist/report.json", "the gates that are placed"),
    "make check-networks": ("networks/report.json", "a shipped network trained again, byte for byte"),
    "make check-printer": ("printed/report.json", "the printed Verilog against MyHDL's own text, by yosys"),
    "make test-grid": ("grid/report.json", "combinations of pixels, spikes and events per cycle and lanes; MyHDL"),
}
TESTS = {  # the same for JUnit's files
    "make test": ("junit/test.xml", "every test of a block and of a command"),
    "make test-all": ("junit/test-all.xml", "the tests marked thorough"),
    "make test-long": ("junit/test-long.xml", "those that take longer than CI may"),
    "make test-properties": ("junit/test-properties.xml", "property tests on many examples"),
    "make test-fuzz": ("junit/test-fuzz.xml", "ten thousand faults on the line to a board"),
    "make test-fpga": ("junit/test-fpga.xml", "a small design through yosys and nextpnr, its gates simulated"),
    "make test-soc": ("junit/test-soc.xml", "the driver in C on a processor"),
    "make test-nir": ("junit/test-nir.xml", "NIR graphs in and out"),
    "make test-tutorials": ("junit/test-tutorials.xml", "the notebooks, executed"),
    "make test-frameworks": ("junit/test-frameworks.xml", "networks in SpikingJelly and Norse"),
    "make test-cluster": ("junit/test-cluster.xml", "long jobs on a cluster"),
}


def read_reports(build):
    """{command: its report as a dict, None where there is none} of REPORTS and TESTS, in the folder `build`.

    A report of TESTS: "made_by" and "files": {module of tests: {"passed" | "failed" | "skipped": count, "simulators":
    list}}. Raises UserError for what is no report.
    """
    found = {}
    for known, read in ((REPORTS, _read_json), (TESTS, _read_junit)):
        for command, (name, _) in known.items():
            path = Path(build, name)
            try:
                found[command] = read(path) if path.is_file() else None
            except (ValueError, KeyError, TypeError, AttributeError, ElementTree.ParseError) as error:
                raise UserError(f"{path} is no report of `{command}`: {error}") from None
    return found


def _read_json(path):
    report = json.loads(path.read_text())
    report["made_by"]["commit"], report["made_by"]["changed"], report["made_by"]["tools"]
    return report


def _read_junit(path):
    suites, files = ElementTree.parse(path).getroot().iter("testsuite"), {}
    for suite in suites:
        commit = suite.get("name")
        for case in suite.iter("testcase"):
            count = files.setdefault(case.get("classname"), Counter(passed=0, failed=0, skipped=0))
            kinds = {child.tag for child in case}
            fate = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
            count[fate] += 1
            for simulator in ("icarus", "verilator"):
                if fate == "passed" and simulator in case.get("name"):
                    count[simulator] += 1
    commit, changed = commit.removesuffix("-dirty"), commit.endswith("-dirty")
    return {"made_by": {"commit": None if commit == "unknown" else commit, "changed": changed, "tools": {}},
            "files": {name: dict(count) for name, count in sorted(files.items())}}


def age(made):
    """What is to be said of a report with this "made_by" if it is not of the sources that are there, else None."""
    if made["commit"] is None:
        return "nobody knows of which commit it is"
    if made["changed"]:
        return f"made with changes that are no commit's, on top of {made['commit'][:10]}"
    differs = differs_from(made["commit"])
    if differs is None:
        return f"of the commit {made['commit'][:10]}, which is not here"
    return f"of the commit {made['commit'][:10]}, since which sources changed" if differs else None
