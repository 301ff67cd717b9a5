"""What may be asked of a training."""

from dataclasses import dataclass, fields
from numbers import Real
from typing import get_args

from first_spike.golden.contract.plain import plain
from first_spike.golden.errors import UserError

KINDS = {int: "a whole number", Real: "a number", str: "text", bool: "True or False", tuple: "a list"}


@dataclass(frozen=True)
class Wishes:
    """What may be asked of a training; None: what golden/training/defaults.py has for such layers and so many images.

    bits: of every layer, or one value for all; 0 or (0,) for a float network only. finetune: epochs at few bits.
    silent: largest share of held-out images without an output spike. augment: a kind of deformation. settings: ((name,
    value), ...) or a dict of the rule's. The others are those of a Plan. Lists become tuples, and so does a number
    as `hidden`. Raises UserError for values of another kind than the field's.
    """

    hidden: tuple | int = ()
    layers: str = ""
    steps: int = 16
    bits: tuple | int | None = None
    rule: str = "decision"
    epochs: int | None = None
    finetune: int | None = None
    finetune_rates: tuple | None = None
    seed: int = 1
    held_out: int | None = None
    silent: Real | None = None
    patient: bool = False
    deformed: int = 0
    augment: str | None = None
    class_weights: str | None = None
    scale_per: str | None = None
    scales: tuple = ()
    settings: tuple = ()
    thin: str = "none"
    most_events: int | None = None
    calibrate: bool = False

    def __post_init__(self):
        for field in fields(self):
            value = plain(getattr(self, field.name))
            if not isinstance(value, field.type):
                wanted = [KINDS[kind] for kind in get_args(field.type) or [field.type] if kind in KINDS]
                raise UserError(f"{field.name} must be {' or '.join(wanted)}, found {value!r}")
            object.__setattr__(self, field.name, value)
        if not all(isinstance(one, tuple) and len(one) == 2 for one in self.settings):
            raise UserError(f"settings must be a dict, or pairs of a name and a value, found {self.settings!r}")
        if isinstance(self.hidden, int):
            object.__setattr__(self, "hidden", (self.hidden,))
