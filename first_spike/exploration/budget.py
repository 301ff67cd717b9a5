"""What keeps a budget: designs of several networks that fit a board, and are fast and right enough."""

from typing import NamedTuple

from first_spike.command.hardware_options import SERIAL
from first_spike.exploration.energy import FOR_BOUNDS, MODELS, Estimate, Work, require_above_zero, shown
from first_spike.exploration.points import candidates, cells, explored
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.option import require_choice
from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import LocalWorkers, cores
from first_spike.rtl_model.tops import DEFAULT
from first_spike.synthesis.targets import Board, surplus, verdict

CLOCK = 130.0  # MHz, where no board says another


class Budget(NamedTuple):
    """Bounds, each None where there is none: a Board; the mean time of an image in microseconds; the accuracy on
    held-out training images in percent; estimated by energy_model, one of FOR_BOUNDS: the energy of an image in
    microjoules, and the power in milliwatts at `rate` images a second, which have to be kept. clock: MHz by which times
    are computed, None for that of the board."""

    board: Board | None = None
    max_us: float | None = None
    min_accuracy: float | None = None
    max_uj: float | None = None
    max_mw: float | None = None
    rate: float | None = None
    energy_model: str = FOR_BOUNDS[0]
    clock: float | None = None

    def check(self):
        """It, if it can be: UserError for an unknown model, power without a rate, and bounds that are no numbers above
        0, but an accuracy of 0, which bounds nothing."""
        require_choice("the energy model", self.energy_model, FOR_BOUNDS)
        require_above_zero(max_us=self.max_us, max_uj=self.max_uj, max_mw=self.max_mw, rate=self.rate,
                           clock=self.clock,
                           min_accuracy=None if self.min_accuracy == 0 else self.min_accuracy)
        if isinstance(self.clock, bool):
            raise UserError(f"clock must be a number of MHz, found {self.clock}")
        if self.min_accuracy is not None and self.min_accuracy > 100:
            raise UserError(f"the accuracy is in percent, at most 100, found {self.min_accuracy:g}")
        if self.max_mw is not None and self.rate is None:
            raise UserError("milliwatts are those at a rate: say how many images a second (--rate)")
        return self

    @property
    def mhz(self):
        """The clock that counts."""
        return float(self.clock or (self.board.clock if self.board else CLOCK))

    @property
    def clock_words(self):
        """Words on the clock that counts, for the legend of a table."""
        if self.clock is not None:
            return f"{self.mhz:g} MHz, as --clock asks"
        if self.board is not None:
            return f"{self.mhz:g} MHz, the clock of {self.board.name}"
        return f"{self.mhz:g} MHz, assumed unless --clock names another"

    @property
    def is_bounded(self):
        """Whether there is a bound beside the board."""
        return any(bound is not None for bound in (self.max_us, self.min_accuracy, self.max_uj, self.max_mw, self.rate))

    @property
    def asks_for_energy(self):
        """Whether there is a bound on energy, or a rate, at which there is a power."""
        return any(bound is not None for bound in (self.max_uj, self.max_mw, self.rate))

    def misses(self, offer):
        """Of each bound that an Offer does not keep (by how much, as a share; a sentence)."""
        found = []
        if self.board and offer.fits is False:
            counts, error = cells(offer.point)
            for what, (count, room) in surplus(self.board, counts | {"logic": counts["logic"] - error}).items():
                found.append((count / room - 1, f"{count:,} {what} of {room:,}"))
        if self.max_us is not None and offer.us > self.max_us:
            found.append((offer.us / self.max_us - 1, "{} us instead of {}".format(*_apart(offer.us, self.max_us, 2))))
        if self.min_accuracy and (
                offer.held_out is None or round(100 * offer.held_out - self.min_accuracy, 9) < 0):
            wrong = 1 if offer.held_out is None else 1 - offer.held_out
            said = (f"not measured held out instead of {self.min_accuracy:g}%" if offer.held_out is None else
                    "{}% held out instead of {}%".format(*_apart(100 * offer.held_out, self.min_accuracy, 2)))
            said += "" if offer.accuracy is None else f" ({offer.accuracy:.2%} on the test set)"
            found.append((wrong / max(1 - self.min_accuracy / 100, 1e-4) - 1, said))
        if self.rate is not None and 1e6 / offer.us < self.rate:
            found.append((self.rate * offer.us / 1e6 - 1,
                          "{} images a second instead of {}".format(*_apart(1e6 / offer.us, self.rate, 0))))
        bounds_energy = (self.max_uj, self.max_mw) != (None, None)
        return found + (self._energy_misses(offer.estimate) if bounds_energy else [])

    def _energy_misses(self, estimate):
        found = []
        for span, bound, unit in ((estimate.uj, self.max_uj, "uJ"), (estimate.mw, self.max_mw, "mW")):
            if bound is not None and span[1] > bound:
                digits = next(n for n in range(3, 18) if f"{span[1]:.{n}g}" != f"{bound:.{n}g}")
                found.append((span[1] / bound - 1, f"estimated {shown(span, digits)} {unit} by {self.energy_model} "
                                                   f"instead of {bound:.{digits}g}"))
        return found


def _apart(found, bound, decimals):
    """The texts of two numbers that differ, with as many decimals, or more until the bound is well told, and they
    differ."""
    while True:
        texts = tuple(f"{one:,.{decimals}f}" for one in (found, bound))
        if len({*texts}) == 2 and abs(round(bound, decimals) - bound) <= bound / 10_000:
            return texts
        decimals += 1


class Offer(NamedTuple):
    """name: of the network; design: a Design; point: its figures (see `point`); us: mean time of an image; held_out,
    accuracy: of the network, as its file says, or None; fits: onto the board, None where that is too close to call or
    nobody asks; estimate: of its energy by the model of the Budget; clock: MHz by which `us` is computed."""

    name: str
    design: Design
    point: dict
    us: float
    held_out: float | None
    accuracy: float | None
    fits: bool | None
    estimate: Estimate
    clock: float = CLOCK

    def __repr__(self):
        counts = cells(self.point)[0]
        held_out, test = ("unknown" if one is None else f"{one:.2%}" for one in (self.held_out, self.accuracy))
        return (f"{self.us:.2f} us at {self.clock:g} MHz, {counts['logic']:,} LUT4, {counts['bram']} block RAMs, "
                f"{held_out} held out, {test} on the test set: {self.design!r}")

    def report(self):
        """It as plain values."""
        return {"network": self.name, "network_sha256": self.design.network.sha256, "us": self.us,
                "clock_mhz": self.clock, "held_out": self.held_out, "accuracy": self.accuracy, "fits": self.fits,
                "energy_estimated": self.estimate._asdict(), **self.point}


def offers(name, network, images, choices, budget, top=DEFAULT, workers=None, kept=None):
    """(Offers of a Network, why combinations were left out): of every Design of `choices` (see `candidates`), its
    cycles counted on images."""
    board, mhz = budget.board, budget.mhz
    top = SERIAL if board else top
    designs, refused = candidates(network, choices, top)
    if not designs:
        return [], refused
    points = explored(designs, top, images, mhz, workers or LocalWorkers(cores()), kept)
    figures = network.accuracy
    made = []
    for design, point in zip(designs, points, strict=True):
        counts, error = cells(point)
        made.append(Offer(name, design, point, point["cycles"]["mean"] / mhz, share(figures.get("held_out")),
                          share(figures), verdict(board, counts, error) if board else None,
                          MODELS[budget.energy_model].estimate(Work(**point["work"]), budget.rate, mhz), mhz))
    return made, refused


def within(found, budget, left_out):
    """(Offers that keep the Budget, fastest first; None, or a sentence on the nearest miss where none does). UserError,
    with the first sentence of `left_out`, where nothing was found."""
    if not found:
        raise UserError(f"no design was found: {left_out[0]}")
    kept = sorted((offer for offer in found if not budget.misses(offer)), key=lambda offer: offer.us)
    if kept:
        return kept, None
    nearest, why = _nearest(found, budget)
    return [], f"nothing keeps these bounds; the nearest is {nearest.name}, {nearest.design!r}: {why}"


def missing(name, offered, refused, budget):
    """A sentence, in a list, on a network none of whose Offers keeps the Budget; none otherwise. refused: why
    combinations were left out."""
    if not offered:
        return [f"{name} is not among the designs: {refused[0]}"]
    if not all(budget.misses(offer) for offer in offered):
        return []
    nearest, why = _nearest(offered, budget)
    return [f"{name} is not among the designs: none keeps the bounds; the nearest is {nearest.design!r}: {why}"]


def _nearest(offered, budget):
    """(the Offer that misses the Budget by the least, by how much in words)."""
    nearest = min(offered, key=lambda offer: (max(by for by, _ in budget.misses(offer)), offer.us))
    return nearest, ", ".join(sentence for _, sentence in budget.misses(nearest))


def share(figures):
    """The accuracy in the figures of a network's file, None where there is none."""
    found = figures.get("accuracy") if isinstance(figures, dict) else None
    return found if isinstance(found, float) else None
