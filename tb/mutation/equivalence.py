"""Whether a mutant is no mutant: the module, or one around it, gives the same at every output for all inputs.

yosys makes one circuit of the design as it is and as it is mutated, with the same inputs, and abc proves that no output
ever differs from the cycle after a reset on. Registers that no reset reaches begin with zeros in both, and inputs that
a constant drives in the design have that constant. Where the module and those around it are not enough, they are looked
at together with their neighbours (`boxes.py`), or with what is proved of the design first (`lemmas.py`). What a memory
begins with is anybody's choice: for a mutant that inverts a bit, the memories of one kind may begin with one bit of
their words inverted, since it may be a matter of names.

A design with many mutants in it, of which one number or two choose when a simulation begins.
"""

import re
import shutil
from pathlib import Path

from tb.mutation.boxes import BETWEEN, BOX, GIVEN, levels, modules_of, without
from tb.mutation.lemmas import FOLDER, bits, circuit, hold, inputs_of, loaded, never, with_lemma
from tb.mutation.trees import INSTANCE, inside, tied
from tb.mutation.verilog import Module

PACKAGE = "mutation.sv"
IS_ON = "mutation::on({})"
PACKAGE_TEXT = """package mutation;
int number, other;
function automatic bit on(int one);
    return one == number || one == other;
endfunction
endpackage
"""
START = """initial begin
    if (!$value$plusargs("mutant=%d", mutation::number)) mutation::number = 0;
    if (!$value$plusargs("other=%d", mutation::other)) mutation::other = 0;
end

endmodule"""
ORIGINAL = 0  # the number of none of them
OPTIONS = "+mutant={}", "+other={}"


def switched(module, numbered):
    """The text of a Module with {number: Mutant} in it."""
    edits, numbers = {}, {}
    for number, mutant in numbered.items():
        numbers.setdefault((mutant.start, mutant.end), []).append(number)
    for place in module.places:
        if (place.start, place.end) in numbers:  # dropped, whatever else becomes of it
            number, = numbers[place.start, place.end]
            edits[place.start, place.start] = f"if (!{IS_ON.format(number)}) "
        _collect(module.text, place.node, numbers, numbered, edits)
    for start, end in module.lists:  # what a mutant reads is not in the list
        edits[start, end] = "*"
    return _edited(module.text, 0, len(module.text), edits)


def alone(module, mutant):
    """The text of a Module with one Mutant in it."""
    instead = f"({mutant.instead})" if mutant.instead else ";"  # as one, whatever stands around it
    return module.text[:mutant.start] + instead + module.text[mutant.end:]


def _collect(text, node, numbers, numbered, edits):
    for part in node.parts:
        _collect(text, part, numbers, numbered, edits)
    if (node.start, node.end) in edits:  # of a node that is as long as its part, done with that
        return
    here = numbers.get((node.start, node.end), [])
    if here:
        inner = _edited(text, node.start, node.end, edits)
        for number in here:
            inner = f"({IS_ON.format(number)} ? ({numbered[number].instead}) : {inner})"
        edits[node.start, node.end] = inner


def _edited(text, start, end, edits):
    """The piece of a text from start to end, with the outermost edits in it."""
    made, at = [], start
    for (first, last), instead in sorted(edits.items(), key=lambda edit: (edit[0][0], -edit[0][1])):
        if first >= at and last <= end and (first, last) != (start, end):
            if first == last and first < at:
                continue
            made += [text[at:first], instead]
            at = last
    return "".join([*made, text[at:end]])


def write_switched(design, folder, modules, numbered):
    """Write into `folder` a design with {module: {number: Mutant}} in it; modules: {module: Module} of the design in
    the folder `design`, the top last."""
    write_texts(design, folder, {f"{name}.v": switched(module, numbered.get(name, {}))
                                 for name, module in modules.items()})


def write_texts(design, folder, texts):
    """Write {file: its text}, the one that ends with the top last, into `folder` as a design whose mutants can be
    chosen; `design`: the folder with what its memories hold."""
    folder.mkdir(parents=True, exist_ok=True)
    top = list(texts)[-1]
    rest, last = texts[top].rsplit("endmodule", 1)
    for name, text in {PACKAGE: PACKAGE_TEXT, **texts, top: rest + START + last}.items():
        (folder / name).write_text(text)
    for path in design.glob("*.hex"):
        shutil.copy(path, folder)
    (folder / "filelist.f").write_text("".join(f"{name}\n" for name in [PACKAGE, *texts]))


SECONDS = 8  # within which abc's last step ends
SOON = 2  # the same for each bit of a memory: the right one makes a proof at once
INVERTED = "^ 1'b1)"  # ends what stands in a mutant for what it inverts
WORDS = re.compile(r"^\s*(?:\(\*.*?\*\) )?reg \[(\d+):0\] (\w+) \[0:", re.MULTILINE)
BEGINS = re.compile(r"^\s*initial\b|\$readmemh", re.MULTILINE)  # says what a memory begins with


def proved_at(folder, design, modules, name, mutant, seconds=SECONDS):
    """The level, of `levels`, at whose outputs the Mutant never shows; None if none was proved.

    modules: {name: Module} of the design in the folder `design`; folder: to work in.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mutated = alone(modules[name], mutant)
    inverted = _memory_bits(modules, name) if mutant.instead.endswith(INVERTED) else ()
    own, *others = levels(modules, name)
    for level, given, begins in ((own, seconds, ""), *((own, SOON, begins) for begins in inverted),
                                 *((level, seconds, "") for level in others)):
        if _equal(folder, Path(design), modules, name, level, mutated, given, begins):
            if not level.endswith(GIVEN) or hold(folder, Path(design), modules, name):
                return level
    return None


def _memory_bits(modules, name):
    """For each bit of the words of each memory in a module what tells yosys that it begins inverted; memories of
    instances with one name are one. Of none whose first words are given."""
    there = inside(modules, name)
    instances = {(module, f"*{at}.") for each in there for module, at, _ in INSTANCE.findall(modules[each].text)}
    for module, path in sorted(instances | {(name, "")}):
        if module not in there or BEGINS.search(modules[module].text):
            continue
        for top, memory in WORDS.findall(modules[module].text):
            for bit in range(int(top) + 1):
                yield f"setattr -set init {int(top) + 1}'d{1 << bit} w:{path}{memory}[*"


def _equal(folder, design, modules, name, level, mutated, seconds, begins=""):
    holder, *boxes = level.removesuffix(GIVEN).split(BETWEEN)
    texts = {"original": {name: modules[name].text}, "mutated": {name: mutated}}
    for copy in texts.values():
        if boxes:
            copy[holder] = without(modules, holder, boxes, copy.get(holder))
    looked_at = Module(texts["original"].get(holder, modules[holder].text),
                       {other: module.inputs for other, module in modules.items()})
    (folder / "both.v").write_text(both(looked_at, tied(modules).get(holder, {})))
    assumed = level.endswith(GIVEN)
    if assumed:
        texts["original"][name] = with_lemma(modules[name].text, name, "assume")
    others = [("", f"{module}.v") for module in modules_of(modules, level.removesuffix(GIVEN))
              if module not in texts["original"]]
    lines = []
    for copy, changed in texts.items():
        (folder / f"{copy}.v").write_text("\n".join(changed.values()))
        lines += loaded([*others, ("-formal" * assumed, folder / f"{copy}.v")], holder, copy,
                        [begins] if copy == "mutated" else ())
    return circuit(folder, design, lines, texts) and never(folder, seconds, assumed)


def both(module, constants):
    """Verilog of a module that drives `original` and `mutated` alike, some inputs with constants, and says where they
    differ."""
    ports, driven = inputs_of(module, constants)
    wires, connections = [], {"original": list(driven), "mutated": list(driven)}
    for copy, joined in connections.items():
        for name in module.outputs:
            wires.append(f"wire {bits(module, name)} {copy}_{name};")
            joined.append(f".{name}({copy}_{name})")
    differs = {True: ["1'b0"], False: ["1'b0"]}  # for what is left out, which a reset may not reach, in every cycle
    for name in module.outputs:
        differs[name.startswith(BOX)].append(f"(original_{name} != mutated_{name})")
    copies = [f"{copy} {copy} ({', '.join(joined)});" for copy, joined in connections.items()]
    return "\n".join([f"module both ({', '.join([*ports, 'output bad'])});", "reg started = 0;",
                      "always @(posedge clk) started <= 1;", *wires, *copies,
                      f"assign bad = started && ({' || '.join(differs[False])}) || {' || '.join(differs[True])};",
                      "endmodule", ""])


def sources():
    """The files that decide what is proved."""
    here = Path(__file__)
    return [*(here.with_name(f"{name}.py") for name in ("boxes", "equivalence", "lemmas", "trees")),
            *FOLDER.glob("*.v")]
