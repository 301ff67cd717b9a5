"""A design with many mutants in it, of which one number or two choose when a simulation begins."""

import shutil

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
