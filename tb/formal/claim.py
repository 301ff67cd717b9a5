"""What a claim is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

UNBOUNDED = 0
REACH = 80  # cycles within which what a claim speaks of can happen, and a fault shows


@dataclass(frozen=True)
class Claim:
    """A sentence about a design, with all that its proof needs. Files of Verilog are those in properties/.

    name; text: what holds, in a sentence; sizes, in words; write(folder): makes the design.
    property: the file with the module `proof`; defines: {macro: number} for it; rules: files with other modules that it
    uses; inside: {how the names of modules end: the file with what is claimed inside them, in which a parameter of the
    module stands in capitals}; instead: {module: the file that takes its place}.
    cycles: how deep it is proved from reset on, UNBOUNDED for all times; induction: over so many cycles, by z3, where
    abc finds no proof for all times; reach: as REACH; deep: takes long, and is proved where it is asked for.
    faults: (file, code, what replaces it) for each fault, with which the proof has to fail.
    """

    name: str
    text: str
    sizes: str
    write: Callable
    property: str
    cycles: int
    faults: list
    defines: dict = field(default_factory=dict)
    rules: tuple = ()
    inside: dict = field(default_factory=dict)
    instead: dict = field(default_factory=dict)
    induction: int = 0
    reach: int = REACH
    deep: bool = False

    @property
    def modules(self):
        """The names of the modules that its faults stand in."""
        return sorted({Path(file).stem for file, _, _ in self.faults})
