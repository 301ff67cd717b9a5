"""Faults in sources, one line each, that cosmic-ray's operators make; by area."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT


@dataclass(frozen=True)
class Area:
    """files: patterns below ROOT in which faults are tried; tests: files and folders of their quick tests."""

    files: tuple
    tests: tuple


ROOMS = ("contract", "inference", "schedule", "quantization")
BLOCKS = ("encoder", "layer", "parts", "readout", "registers", "serial", "processor")
PACKAGE_TEST = "first_spike/tests/test_{}.py"
AREAS = {
    "golden": Area(tuple(f"golden/{room}/*.py" for room in ROOMS),
                   (*(f"golden/tests/{room}" for room in ROOMS),
                    *map(PACKAGE_TEST.format, ("processor_packing", "processor_cycles", "api_processor")))),
    "device": Area(("first_spike/device/*.py",), tuple(map(PACKAGE_TEST.format, (
        "link", "device", "device_loading", "mapped", "processor_driver", "frame_properties", "board_table",
        "network_image")))),
    "referee": Area(tuple(f"first_spike/comparison/{name}.py" for name in ("verdict", "design_files", "table")),
                    tuple(map(PACKAGE_TEST.format, (
                        "agreement", "tables", "evaluate", "event_commands", "design_differences", "design_files")))),
    "driver": Area((), (  # in C, of which nothing is drawn: its faults stand in a list
        *(f"rtl_model/tests/registers/test_{name}.py" for name in ("first_spike_driver", "processor_in_c")),
        "rtl_model/tests/test_first_spike_uio.py")),
    "blocks": Area(tuple(f"rtl_model/{room}/[a-z]*.py" for room in BLOCKS),
                   (*(f"rtl_model/tests/{room}" for room in BLOCKS), "rtl_model/tests", "tb/benches")),
}
OPERATORS = tuple(f"core/{name}" for name in (  # two for each operator at the most: what is likely to be written
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_FloorDiv", "Mul_Add", "FloorDiv_Mul", "Div_Mul", "Mod_FloorDiv", "LShift_RShift",
        "RShift_LShift", "BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitOr", "Pow_Mul")),
    *(f"ReplaceComparisonOperator_{pair}" for pair in (
        "Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt",
        "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceUnaryOperator_{pair}" for pair in ("USub_UAdd", "Invert_USub", "Delete_Not", "Delete_USub")),
    "AddNot", "ExceptionReplacer", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
    "ZeroIterationForLoop"))


@dataclass(frozen=True)
class SourceFault:
    """area: of AREAS; file: below ROOT; line: its number; before, after: the text of the line, without indentation."""

    area: str
    file: str
    line: int
    before: str
    after: str

    @property
    def entry(self):
        """What it is called in lists."""
        return f"{self.file} | {self.before} | {self.after}"


def drawn(area, count, seed):
    """`count` SourceFaults of an area, or all that there are, drawn by a seed; a fault keeps its place in the order
    whatever others there are. Raises UserError if cosmic-ray is not installed."""
    places = [(file, operator, occurrence) for path in sorted(
        path for pattern in AREAS[area].files for path in ROOT.glob(pattern))
        for file in [str(path.relative_to(ROOT))] for operator, occurrence in _places(path.read_text())]
    places.sort(key=lambda place: hashlib.sha256(f"{seed} {place}".encode()).digest())
    faults = {}
    for file, operator, occurrence in places:
        if len(faults) == count:
            break
        fault = _fault(area, file, operator, occurrence)
        if fault:
            faults.setdefault((fault.file, fault.line, fault.after), fault)
    return list(faults.values())


def _places(code):
    """(operator, number of its occurrence) of all that cosmic-ray would change in a code."""
    try:
        from cosmic_ray.ast import ast_nodes, get_ast
        from cosmic_ray.plugins import get_operator, operator_names
    except ModuleNotFoundError:
        raise UserError("cosmic-ray is not installed: `make mutants-sources` installs it") from None
    nodes, known = list(ast_nodes(get_ast(code))), set(operator_names())
    for name in OPERATORS:
        if name in known:
            operator = get_operator(name)()
            for occurrence in range(sum(1 for node in nodes for _ in operator.mutation_positions(node))):
                yield name, occurrence


def _fault(area, file, operator, occurrence):
    """The SourceFault, None if it changes more than one line."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    code = (ROOT / file).read_text()
    lines, changed = code.splitlines(), mutate_code(code, get_operator(operator)(), occurrence).splitlines()
    differing = [number for number, (one, other) in enumerate(zip(lines, changed)) if one != other]
    if len(differing) != 1 or len(changed) != len(lines):
        return None
    number, = differing
    return SourceFault(area, file, number + 1, lines[number].strip(), changed[number].strip())


def placed(fault, root=ROOT):
    """(path, number of the line) of a fault in a tree: the line of its file that has its text and is nearest to where
    it was, or the only line of all sources that has it; None if there is no such line."""
    paths = [root / fault.file] if (root / fault.file).is_file() else []
    for candidates in (paths, _sources(root, Path(fault.file).suffix)):
        places = [(path, number) for path in candidates
                  for number, line in enumerate(path.read_text().splitlines(), 1) if line.strip() == fault.before]
        if places and (candidates is paths or len(places) == 1):
            return min(places, key=lambda place: abs(place[1] - fault.line))
    return None


def _sources(root, suffix):
    return sorted(path for room in ("golden", "first_spike", "rtl_model") for path in (root / room).rglob(f"*{suffix}")
                  if "tests" not in path.parts)


def with_fault(code, number, fault):
    """The code of a file with a fault in the line `number`."""
    lines = code.splitlines(keepends=True)
    lines[number - 1] = lines[number - 1].replace(fault.before, fault.after, 1)
    return "".join(lines)
