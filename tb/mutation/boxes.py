"""A module without some of the instances in it, for proofs: what they are given becomes outputs, and what they give
becomes inputs, the same ones for the module as it is and as it is mutated.

That is enough: an instance does the same with the same inputs, so that nothing differs in it, or behind it, as long as
those outputs never do.

The list of mutants that are proved to be none, `proved.txt`, so that a proof is made once: a line each: as
in survivors.txt which mutant it is, the module at whose outputs it never shows, a hash of all that the proof speaks
of.
"""

import hashlib
import re
from pathlib import Path

from first_spike.golden.files import replacing
from tb.mutation.lemmas import needed, proved_in, text_of
from tb.mutation.mutants import plain
from tb.mutation.trees import CONNECTION, CORE, INSTANCE, PROCESSOR, around, holds, inside, parents, tied

MEMORY = re.compile(r"^\s*(?:\(\*.*?\*\) )?reg (?:signed )?\[[^]]*\] \w+ \[0:", re.MULTILINE)
BETWEEN = "-"  # the name of a module and of the instances that are left out
GIVEN = "+lemma"  # behind the name of a module in which its lemma is taken for granted
BOX = "box_"  # begins the names of the ports that stand for what is left out


def levels(modules, name):
    """Names of what may be looked at instead of a whole design, for a mutant of the module `name`: the module, also
    with its lemma, those around it, then these and the core, or what stands around the core, without the instances that
    are far from it, or have memories, and at last the whole core. The module is in each of them."""
    given = [name + GIVEN] if needed(modules, name) else []
    whole = around(modules, name)
    whole_core = CORE if CORE in modules else PROCESSOR
    core = [whole_core] if name in inside(modules, whole_core)[1:] else []
    shell = [] if core else [other for other in parents(modules).get(CORE, []) if name in inside(modules, other)[1:]]
    without_some = [BETWEEN.join([holder, *boxes]) for holder in [name, *whole, *core, *shell]
                    for boxes in left_out(modules, holder, name)]
    return [name, *given, *whole, *without_some, *core]


def modules_of(modules, level):
    """The modules that are looked at, the outermost first; with a lemma also those that its proof looks at."""
    if level.endswith(GIVEN):
        name = level.removesuffix(GIVEN)
        return list(dict.fromkeys(each for at in [name, *proved_in(modules, name)] for each in inside(modules, at)))
    holder, *boxes = level.split(BETWEEN)
    if not boxes:
        return inside(modules, holder)
    text = without(modules, holder, boxes)
    found = [holder]
    for child in modules:
        if child != holder and holds(text, child):
            found += [module for module in inside(modules, child) if module not in found]
    return found


def without(modules, holder, boxes, text=None):
    """The text of the module `holder`, or the `text` of one like it, without the instances called `boxes`."""
    ports, drivers = [], []

    def leave_out(found):
        module, name, connections = found.groups()
        if name not in boxes or module not in modules:
            return found[0]
        for port, wire in CONNECTION.findall(connections):
            own, width = f"{BOX}{name}_{port}", f"[{modules[module].widths[port] - 1}:0]"
            if port in modules[module].outputs:
                ports.append(f"input wire {width} {own}")
                drivers.append(f"assign {wire} = {own};" if wire.strip() else "")
            elif port != "clk":
                ports.append(f"output wire {width} {own}")
                drivers.append(f"assign {own} = {wire};")
        return "\n"

    rest = INSTANCE.sub(leave_out, text or modules[holder].text)
    start = rest.index("(", rest.index(f"module {holder} ")) + 1
    return f"{rest[:start]}\n{''.join(f'{port}, ' for port in ports)}{rest[start:]}".replace(
        "endmodule", "\n".join([*drivers, "", "endmodule"]))


def left_out(modules, holder, name):
    """Lists of instances of the module `holder`, each without those in which the module `name` is: all that have
    memories; all but those behind; all but those before; all but both."""
    found = {at: (module, dict(CONNECTION.findall(ports)))
             for module, at, ports in INSTANCE.findall(modules[holder].text.split("generate")[0]) if module in modules}

    def wires(instances, side):
        return {wire for at in instances for port, wire in found[at][1].items()
                if port in getattr(modules[found[at][0]], side) and port != "clk"}

    own = {at for at, (module, _) in found.items() if name in inside(modules, module)}
    behind = {at for at in found if wires([at], "inputs") & wires(own, "outputs")}
    before = {at for at in found if wires([at], "outputs") & wires(own, "inputs")}
    plain = {at for at, (module, _) in found.items()
             if not any(MEMORY.search(modules[each].text) for each in inside(modules, module))}
    made = []
    for kept in (plain, behind, before, behind | before):
        boxes = sorted(set(found) - kept - own)
        if boxes and boxes not in made:
            made.append(boxes)
    return made


FILE = Path(__file__).with_name("proved.txt")


def read(file=FILE):
    """{entry of a mutant: {hash: module}}."""
    known = {}
    for line in Path(file).read_text().splitlines() if Path(file).exists() else []:
        if not line.startswith("#"):
            entry, _, proof = line.rpartition(" | ")
            module, digest = proof.split()
            known.setdefault(entry, {})[digest] = module
    return known


def write(folders, found, file=FILE):
    """Write the list of {design: results} whose `proved` names a module; folders: {design: folder with its
    Verilog, its Modules}."""
    lines = sorted(f"{result['entry']} | {result['proved']} {_hash(*folders[design], result, result['proved'])}"
                   for design, results in found.items() for result in results if result["proved"])
    text = "".join(f"{line}\n" for line in ["# written by `make mutants AGAIN=1`", *lines])
    with replacing(file) as opened:
        opened.write(text.encode())


def known_proof(folder, modules, result, known):
    """The module at whose outputs a mutant never shows, as `read` knows it; "" if it does not."""
    mine = known.get(result["entry"], {})
    for level in levels(modules, result["module"]) if mine else ():
        if mine.get(_hash(folder, modules, result, level)) == level:
            return level
    return ""


def _hash(folder, modules, result, level):
    lemma = level.endswith(GIVEN)
    holder = level.removesuffix(GIVEN).split(BETWEEN)[0]
    mutant = [result[name] for name in ("module", "key", "instead")]
    digest = hashlib.sha256(f"{level} {mutant} {sorted(tied(modules).get(holder, {}).items())}".encode())
    texts = [plain(modules[name].text) for name in sorted(modules_of(modules, level))]  # no proof speaks of comments
    texts += [text_of(name) for name in needed(modules, result["module"])] if lemma else []
    if any("$readmemh" in text for text in texts):
        texts += [path.read_text() for path in sorted(Path(folder).glob("*.hex"))]
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()[:20]
