"""Mutants of sources, by area: what cosmic-ray's operators change in Python, and the like in C.

Faults in C: operators, constants and conditions that are changed, statements and guards that are dropped.

Of C as the driver is written: functions begin in the first column, one statement after the other, no comments in them
but those behind //.
"""

import hashlib
import re
from collections import Counter, namedtuple
from dataclasses import dataclass
from itertools import cycle

from first_spike.golden.files import ROOT
from tb.mutation import mutants
from tb.mutation.trees import numbered

Fault = namedtuple("Fault", "name start end instead")  # name: function, statement and what is wrong there

FUNCTION = re.compile(r"^[a-z][\w *]*?(\w+)\([^;{]*?\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r"//[^\n]*|\"[^\"]*\"|(?P<number>\b\d+\b)|(?P<name>\b[A-Za-z_]\w*\b)"
                   r"|(?P<sign>->|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|[-+*/|&]=|[-+*/<>=!&|?:;,.(){}\[\]])|\S")
C_SIGNS = {**mutants.SIGNS, "*": ("+",), "/": ("*",), "|=": ("=",), "+=": ("-=",), "!": ("",)}
QUIET = "".join(f'#pragma GCC diagnostic ignored "-W{name}"\n' for name in (
    "parentheses", "unused-variable", "unused-parameter", "unused-but-set-variable", "maybe-uninitialized"))
TYPES = ("uint32_t", "bool", "first_spike_error_t")  # what a declaration begins with


def faults(code):
    """All Faults in the functions of a C file; no two have one name."""
    counts = Counter()
    for function in FUNCTION.finditer(code):
        for name, start, end, instead in _in_body(code, function.start(2), function.end(2)):
            name = f"{function[1]} | {name}"
            counts[name] += 1
            yield Fault(numbered(name, counts[name]), start, end, instead)


def with_fault(code, name):
    """(code with the Fault of this name, the piece of it that was changed); what a compiler warns of is no judge."""
    fault, = (fault for fault in faults(code) if fault.name == name)
    return QUIET + code[:fault.start] + fault.instead + code[fault.end:], fault.instead


def _in_body(code, first, last):
    tokens = [found for found in TOKEN.finditer(code, first, last) if found.lastgroup]
    what, depth, head = "", 0, -1  # the statement, by its keyword or what it assigns or calls; brackets; an end
    for at, token in enumerate(tokens):
        text, before = token[0], tokens[at - 1][0] if at else ";"
        ends = _end(tokens, at, ";")
        if text in ("if", "for", "return"):
            what = text
        elif depth == 0 and token.lastgroup == "name" and text != "else" and (
                before in (";", "{", "}", "else") or tokens[at - 1].end() == head):
            what = _target(tokens, at)
            if text not in TYPES:
                yield f"{what} | dropped", token.start(), ends, "{}"
        depth += (text == "(") - (text == ")")
        if text in ("if", "for"):
            opening, head = tokens[at + 1].start(), _end(tokens, at + 1, ")")
        if text == "if":
            for fault, instead in (("negated", "(!{})"), ("never", "({} && 0)"), ("always", "({} || 1)")):
                yield f"if | {fault}", opening, head, instead.format(code[opening:head])
        elif text == "return":
            value = code[tokens[at + 1].start():ends - 1]
            if code[ends:last].strip():  # else there is nothing to go on with
                yield f"return {value} | dropped", token.start(), ends, "{}"
            if value.startswith("FIRST_SPIKE_"):
                other = "FIRST_SPIKE_OK" if value == "FIRST_SPIKE_NO_RESULT" else "FIRST_SPIKE_NO_RESULT"
                yield f"return {value} | another", tokens[at + 1].start(), ends - 1, other
        elif text in ("true", "false"):
            yield f"{what} | {text} inverted", token.start(), token.end(), "false" if text == "true" else "true"
        elif token.lastgroup == "number":
            for fault, near in (("plus 1", int(text) + 1), ("minus 1", int(text) - 1)):
                if near >= 0:
                    yield f"{what} | {text} {fault}", token.start(), token.end(), str(near)
        elif token.lastgroup == "sign":
            for sign in C_SIGNS.get(text, ()):
                yield f"{what} | {text} to {sign or 'nothing'}", token.start(), token.end(), sign


def _target(tokens, at):
    """What the statement that begins with this token assigns, or what it calls with what first."""
    end = next(k for k in range(at, len(tokens)) if tokens[k][0] in (";", "=", "|=", ","))
    return "".join(token[0] for token in tokens[at:end] if token[0] not in TYPES)


def _end(tokens, at, closing):
    """The end of the first `closing` from here on, outside of brackets."""
    depth = 0
    for token in tokens[at:]:
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] == closing and depth <= 0:
            return token.end()
    return tokens[-1].end()


@dataclass(frozen=True)
class Area:
    """files: in which faults are tried, patterns below ROOT; tests: files and folders of tests; seconds: of a
    processor, in which a test ends: ten times the longest; networks: whether small ones are compared, too; memory:
    bytes that a run may have, 0 for any number, as sanitizers want it; own: only quick tests that import what was
    changed run, and it is tried where it is asked for; what: a pattern of the entries that are mutants."""

    files: tuple
    tests: tuple
    seconds: int = 30
    networks: bool = False
    memory: int = 8 << 30
    own: bool = False
    what: str = ""


ROOMS = ("contract", "inference", "schedule")
BLOCKS = ("encoder", "layer", "parts", "readout", "registers", "serial")
OF_LOADS = ("load_sender", "resident_networks")  # in no small processor
TESTS = "first_spike/tests/test_{}.py"
AREAS = {
    "golden": Area(tuple(f"golden/{room}/*.py" for room in ROOMS), (
        *(f"golden/tests/{room}" for room in ROOMS),
        *map(TESTS.format, ("processor_packing", "processor_cycles", "api_processor"))), 60, True),
    "device": Area(("first_spike/device/*.py",), tuple(map(TESTS.format, (
        "link", "device", "device_loading", "mapped", "processor_driver", "frame_properties", "board_table",
        "network_image")))),
    "referee": Area(tuple(f"first_spike/comparison/{name}.py" for name in ("verdict", "design_files", "table")),
                    tuple(map(TESTS.format, (
                        "agreement", "tables", "evaluate", "event_commands", "design_differences", "design_files"))),
                    120),
    "driver": Area(("rtl_model/registers/*.c",), (
        *(f"rtl_model/tests/registers/test_{name}.py" for name in ("first_spike_driver", "processor_in_c")),
        "rtl_model/tests/test_first_spike_uio.py"), memory=0),
    "blocks": Area((*(f"rtl_model/{room}/[a-z]*.py" for room in BLOCKS),
                    *(f"rtl_model/processor/{name}.py" for name in OF_LOADS)),
                   (*(f"rtl_model/tests/{room}" for room in BLOCKS), "tb/benches",
                    *(f"rtl_model/tests/test_{name}.py" for name in OF_LOADS)), 200, memory=0, own=True,
                   what=r"^(?!.*(Eq_LtE|NotEq_Gt)).*\| \w+\.\S* \| ([^|]*\.next\b|if_stmt)[^|]* \|"),  # as in Verilog
}
SIGNS = {  # instead of each operator, two at the most: what is likely to be written by mistake
    "BinaryOperator": ("Add_Sub", "Sub_Add", "Mul_FloorDiv", "Mul_Add", "FloorDiv_Mul", "Div_Mul", "Mod_FloorDiv",
                       "LShift_RShift", "RShift_LShift", "BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitOr", "Pow_Mul"),
    "ComparisonOperator": ("Eq_NotEq", "Eq_LtE", "NotEq_Eq", "NotEq_Gt", "Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt",
                           "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt", "Is_IsNot", "IsNot_Is"),
    "UnaryOperator": ("USub_UAdd", "Invert_USub", "Delete_Not", "Delete_USub"),
}
OTHERS = ("AddNot", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "ReplaceAndWithOr", "ReplaceOrWithAnd",
          "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
          "ZeroIterationForLoop")
UNCHANGED = ("@njit",)  # decorators that change no result


@dataclass(frozen=True)
class SourceMutant:
    """file: below ROOT; operator, occurrence: what cosmic-ray calls it; line, before: the number of the line that it
    changes, and its text; entry: its line in source_survivors.txt, the same however lines are broken: the file,
    the function, the statement by what it assigns, or its kind, and what is wrong there."""

    file: str
    operator: str
    occurrence: int
    line: int
    before: str
    entry: str

    def order(self, seed):
        """Where it comes in the order in which mutants are chosen: by chance, but whatever else there is."""
        return hashlib.sha256(f"{seed} {self.entry}".encode()).digest()


def operators():
    """Names of cosmic-ray's operators that are used."""
    from cosmic_ray.plugins import operator_names

    names = [f"core/Replace{kind}_{pair}" for kind, pairs in SIGNS.items() for pair in pairs]
    there = set(operator_names())
    return [name for name in [*names, *(f"core/{other}" for other in OTHERS)] if name in there]


def mutants_in(area):
    """All SourceMutants of one of AREAS."""
    for path in sorted(path for pattern in AREAS[area].files for path in ROOT.glob(pattern)):
        for mutant in mutants_of(str(path.relative_to(ROOT)), path.read_text()):
            if re.search(AREAS[area].what, mutant.entry):
                yield mutant


def mutants_of(file, code):
    """All SourceMutants of the code of a file; no two have one entry."""
    if file.endswith(".c"):
        for fault in faults(code):
            yield SourceMutant(file, fault.name, fault.start, code.count("\n", 0, fault.start) + 1,
                               code[fault.start:fault.end], f"{file} | {fault.name}")
        return
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator

    nodes, lines, counts = list(ast_nodes(get_ast(code))), code.splitlines(), Counter()
    for name in operators():
        operator, occurrence = get_operator(name)(), 0
        for node in nodes:
            for ((line, _), _), near in zip(operator.mutation_positions(node), cycle(("plus 1", "minus 1"))):
                fault = name.removeprefix("core/").removeprefix("Replace")
                entry = f"{file} | {_place(node)} | {f'{node.value} {near}' if fault == 'NumberReplacer' else fault}"
                counts[entry] += 1
                before = lines[line - 1].strip()
                if not before.startswith(UNCHANGED):
                    yield SourceMutant(file, name.removeprefix("core/"), occurrence, line, before,
                                       numbered(entry, counts[entry]))
                occurrence += 1


def _place(node):
    """Of a node of a syntax tree the functions and classes around it, and what its statement assigns, or its kind."""
    names, statement = [], ""
    while node.parent:
        if node.parent.type in ("simple_stmt", "suite", "file_input") and not statement:
            statement = node.children[0].get_code(False) if node.type == "expr_stmt" else node.type
        if node.type in ("funcdef", "classdef"):
            names.insert(0, node.name.value)
        node = node.parent
    return f"{'.'.join(names) or 'module'} | {' '.join(statement.split())}"


def mutated(mutant):
    """(the code of the file of a SourceMutant with it, the line that it changed as it is now)."""
    code = (ROOT / mutant.file).read_text()
    if mutant.file.endswith(".c"):
        return with_fault(code, mutant.operator)
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    changed = mutate_code(code, get_operator(f"core/{mutant.operator}")(), mutant.occurrence)
    lines = zip(code.splitlines(), changed.splitlines())
    return changed, next((after.strip() for before, after in lines if before != after), "")
