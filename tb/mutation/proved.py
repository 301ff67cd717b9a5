"""The list of mutants that are proved to be none, `proved.txt`, so that a proof is made once: a line each: as
in survivors.txt which mutant it is, the module at whose outputs it never shows, a hash of all that the proof speaks
of."""

import hashlib
from pathlib import Path

from first_spike.golden.files import replacing
from tb.mutation.boxes import BETWEEN, GIVEN, levels, modules_of
from tb.mutation.hierarchy import tied
from tb.mutation.lemmas import needed, text_of
from tb.mutation.mutants import plain

FILE = Path(__file__).with_suffix(".txt")


def read(file=FILE):
    """{hash: module}."""
    lines = Path(file).read_text().splitlines() if Path(file).exists() else []
    return dict(line.split()[:-3:-1] for line in lines if not line.startswith("#"))


def write(folders, found, file=FILE):
    """Write the list of {design: results} whose `proved` names a module; folders: {design: folder with its
    Verilog, its Modules}."""
    lines = sorted(f"{result['entry']} | {result['proved']} {_hash(*folders[design], result, result['proved'])}"
                   for design, results in found.items() for result in results if result["proved"])
    text = "".join(f"{line}\n" for line in ["# written by scripts/mutants.py --prove-again", *lines])
    with replacing(file) as opened:
        opened.write(text.encode())


def known_proof(folder, modules, result, known):
    """The module at whose outputs a mutant never shows, as `read` knows it; "" if it does not."""
    for level in levels(modules, result["module"]) if known else ():
        if known.get(_hash(folder, modules, result, level)) == level:
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
