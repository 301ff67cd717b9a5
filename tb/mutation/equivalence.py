"""Whether a mutant is no mutant: the module, or one around it, gives the same at every output for all inputs.

yosys makes one circuit of the design as it is and as it is mutated, with the same inputs, and abc proves that no output
ever differs from the cycle after a reset on. Registers that no reset reaches begin with zeros in both, and inputs that
a constant drives in the design have that constant. Where the module and those around it are not enough, they are looked
at together with their neighbours (`boxes.py`), or with what is proved of the design first (`lemmas.py`). What a memory
begins with is anybody's choice: for a mutant that inverts a bit, the memories of one kind may begin with one bit of
their words inverted, since it may be a matter of names.
"""

import re
from pathlib import Path

from tb.mutation.boxes import BETWEEN, BOX, GIVEN, levels, modules_of, without
from tb.mutation.lemmas import FOLDER, bits, circuit, hold, inputs_of, loaded, never, with_lemma
from tb.mutation.switched import alone
from tb.mutation.trees import INSTANCE, inside, tied
from tb.mutation.verilog import Module

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
    return [*(here.with_name(f"{name}.py") for name in ("boxes", "circuits", "equivalence", "hierarchy", "lemmas")),
            *FOLDER.glob("*.v")]
