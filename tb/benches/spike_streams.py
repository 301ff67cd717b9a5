"""Both ends of the spike streams between blocks: spike times become transfers, transfers become spike times again."""

from dataclasses import dataclass

import numpy as np
from cocotb.triggers import RisingEdge

from first_spike.rtl_model.record import sources

MEMBERS = ("mask", "rows", "step", "last", "end")


@dataclass
class Transfer:
    """What SpikeStream carries in one cycle; `rows` with way 0 in the lowest bits."""

    mask: int = 0
    rows: int = 0
    step: int = 0
    last: int = 0
    end: int = 0


def transfers_of(rng, feed, times, steps):
    """The transfers of an image whose inputs spike at `times` [inputs], `steps` where silent.

    Within a step the order is random, and so is how many of the ways carry a spike; now and then a transfer without any
    closes the step.
    """
    place = {source: (way, row) for way, rows in enumerate(feed.sources) for row,
             source in enumerate(rows) if source >= 0}
    transfers = []
    for step in np.unique(times[times < steps]):
        waiting = [[] for _ in range(feed.ways)]
        for source in rng.permutation(np.flatnonzero(times == step)):
            way, row = place[int(source)]
            waiting[way].append(row)
        while any(waiting):
            transfer = Transfer(step=int(step))
            for way in range(feed.ways):
                if waiting[way] and (rng.random() < 0.7 or not any(waiting[:way] + waiting[way + 1:])):
                    transfer.mask |= 1 << way
                    transfer.rows |= waiting[way].pop() << (way * feed.row_bits)
            if transfer.mask:
                transfers.append(transfer)
        if rng.random() < 0.2:
            transfers.append(Transfer(step=int(step)))
        transfers[-1].last = 1
    if not transfers:
        transfers.append(Transfer(last=1))
    transfers[-1].end = 1
    return transfers


def times_of(transfers, feed, count, steps, cut=False):
    """Spike times int16 [count] that the transfers of an image say; asserts the rules of SpikeStream on the way. The
    image is whole, unless it may be `cut` behind any transfer."""
    times = np.full(count, steps, np.int16)
    for number, transfer in enumerate(transfers):
        following = transfers[number + 1] if number + 1 < len(transfers) else None
        # `end` counts where `last` is set too
        over = bool(transfer.end and transfer.last)
        assert over <= (following is None) if cut else over == (following is None), (
            f"end in transfer {number} of {len(transfers)}")
        if following is not None:
            assert following.step >= transfer.step, f"step {following.step} after {transfer.step}"
            assert transfer.last == (following.step != transfer.step), f"last = {transfer.last} in step {transfer.step}"
        assert transfer.mask or transfer.last, "a transfer that says nothing"
        for source in sources(feed, transfer.mask, transfer.rows):
            assert source >= 0, f"a row of {transfer} is nobody's"
            assert times[source] == steps, f"{source} spikes twice"
            times[source] = transfer.step
    return times


class SpikeSource:
    """Drives a stream into a block."""

    def __init__(self, dut, prefix, pauses):
        self.clk, self.pauses = dut.clk, pauses
        self.valid, self.ready = getattr(dut, f"{prefix}_valid"), getattr(dut, f"{prefix}_ready")
        self.members = {name: getattr(dut, f"{prefix}_{name}") for name in MEMBERS}
        self.valid.value = 0
        for member in self.members.values():
            member.value = 0

    async def send(self, transfers):
        """Offer them one after another; returns when the last is taken. If the task is cancelled, call `stop`."""
        for transfer in transfers:
            while next(self.pauses):
                await RisingEdge(self.clk)
            self.valid.value = 1
            for name, member in self.members.items():
                member.value = getattr(transfer, name)
            await RisingEdge(self.clk)
            while not self.ready.value:
                await RisingEdge(self.clk)
            self.valid.value = 0

    def stop(self):
        """Offer nothing."""
        self.valid.value = 0


class SpikeSink:
    """Takes a stream out of a block: `images` has the transfers of each image, which `clear`, a port of the block,
    closes.

    Asserts that what is offered stays until it is taken.
    """

    def __init__(self, dut, prefix, clear, pauses):
        self.clk, self.clear, self.pauses = dut.clk, clear, pauses
        self.valid, self.ready = getattr(dut, f"{prefix}_valid"), getattr(dut, f"{prefix}_ready")
        self.members = {name: getattr(dut, f"{prefix}_{name}") for name in MEMBERS}
        self.images, self.current = [], []
        self.ready.value = 0

    async def run(self):
        """Take transfers for ever."""
        offered = None
        while True:
            self.ready.value = not next(self.pauses)
            await RisingEdge(self.clk)
            cleared = bool(self.clear.value)
            if self.valid.value:
                transfer = Transfer(**{name: int(member.value) for name, member in self.members.items()
                                       if name != "rows"})
                transfer.rows = self._rows(transfer.mask)
                assert offered in (None, transfer), f"{offered} was offered, then {transfer}"
                offered = None if self.ready.value else transfer
                if self.ready.value and not cleared:
                    self.current.append(transfer)
            else:
                assert offered is None, f"{offered} was offered and withdrawn"
            if cleared:
                self.images.append(self.current)
                self.current, offered = [], None

    def _rows(self, mask):
        """The rows of the ways that carry a spike; those of the others may be unknown."""
        text, ways = str(self.members["rows"].value), len(self.members["mask"].value)
        width = len(text) // ways
        parts = [text[len(text) - (way + 1) * width:len(text) - way * width] for way in range(ways)]
        return sum(int(part, 2) << way * width for way, part in enumerate(parts) if mask >> way & 1)

    @property
    def ended(self):
        """Whether the current image is over."""
        return bool(self.current) and bool(self.current[-1].last and self.current[-1].end)
