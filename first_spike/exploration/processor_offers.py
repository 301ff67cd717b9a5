"""What processors offer for a network that fits them: exact cycles, and the time that they take."""

from typing import NamedTuple

from first_spike.exploration.budget import CLOCK, share
from first_spike.golden.contract.processor import Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict


class ProcessorOffer(NamedTuple):
    """name: of the network; design: the Processor that it is loaded into; us: mean time of an image; cycles_max: of the
    images that were counted; held_out, accuracy: of the network, as its file says, or None; clock: MHz by which `us` is
    computed."""

    name: str
    design: Processor
    us: float
    cycles_max: int
    held_out: float | None
    accuracy: float | None
    clock: float = CLOCK

    def __repr__(self):
        held_out, test = ("unknown" if one is None else f"{one:.2%}" for one in (self.held_out, self.accuracy))
        return (f"{self.us:.2f} us at {self.clock:g} MHz, at most {self.cycles_max:,} cycles, {held_out} held out, "
                f"{test} on the test set: {self.name} in {self.design!r}")


def processor_offer(name, network, processor, images, clock):
    """The ProcessorOffer of images, uint8 [n, ...] or Recordings, back to back at `clock` MHz.

    Raises UserError if the network does not fit.
    """
    require_fit(network, processor)
    cycles = predict(network, processor, images, infer(network, images)).interval
    return ProcessorOffer(name, processor, float(cycles.mean()) / clock, int(cycles.max()),
                          share(network.accuracy.get("held_out")), share(network.accuracy), clock)


def processor_offers(network, images, processors, budget):
    """(ProcessorOffers of a Network, why it does not fit the others of `processors`)."""
    offered, refused = [], []
    for processor in processors:
        try:
            offered.append(processor_offer(network.title, network, processor, images, budget.mhz))
        except UserError as error:
            refused.append(str(error))
    return offered, refused
