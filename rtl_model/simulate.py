"""Images through the accelerator in MyHDL's own simulator."""

from myhdl import StopSimulation, always, block, delay, instance

from first_spike.rtl_model.record import RecordBuilder
from first_spike.rtl_model.shape.frames import beat_bytes, beats_of, frames_of
from first_spike.rtl_model.shape.load_map import load_words
from first_spike.rtl_model.tops import TOPS

HALF_PERIOD = 5


def patience(design):
    """Cycles within which any image must have its result: several times what its spikes could cost at the most."""
    network = design.network
    sources, worst = network.most_events or network.inputs, 0
    for layer, lanes in zip(network.layers, design.lanes):
        folds = -(-len(layer.thresholds) // lanes)
        visits, tests = layer_visits(layer)
        worst += (sources * visits + network.steps * (1 + tests)) * folds
        sources = layer.neurons
    return 1000 + 8 * worst


def layer_visits(layer):
    """(positions that a spike reaches, positions that are tested in a step), at the most."""
    if layer.positions == 1:
        return 1, 0
    return min(layer.positions, len(layer.weights) // layer.takes[2]), layer.positions


def simulate(design, images, progress=None):
    """Classify `images` (uint8 [n, rows, columns], or Recordings) back to back, no stalls; returns the Record of them.

    `progress(count)` is called with the number of results so far. Raises RuntimeError if an image gets no result, or a
    layer sends a spike that cannot be.
    """
    bench = _Bench(design, images, progress)
    simulation = bench.block()
    try:
        simulation.run_sim(quiet=1)
    finally:
        simulation.quit_sim()
    return bench.seen.record()


class _Bench:
    """Clock, source and sink around an accelerator, and what was seen of it, cycle by cycle."""

    def __init__(self, design, images, progress):
        self.design, self.progress = design, progress
        size = beat_bytes(design)
        frames = [beats_of(frame, size) for frame in frames_of(design, images)]
        self.beats = [beat for frame in frames for beat in frame]
        self.left = len(self.beats)
        self.count = len(images)
        self.patience = patience(design) + max(map(len, frames))
        self.seen = RecordBuilder(design)
        self.cycle = self.last_progress = 0

    @block
    def block(self):
        top = TOPS["accelerator"]
        ports = top.ports(self.design)
        clk, rst, s_axis, m_axis = (ports[name] for name in ("clk", "rst", "s_axis", "m_axis"))
        loading = self._load(clk, ports.get("s_load"))
        device = top.block(**ports, design=self.design)
        inside = device.symdict  # the local signals of `accelerator` by name
        sent, keep = iter(self.beats), getattr(s_axis, "tkeep", None)

        @always(delay(HALF_PERIOD))
        def tick():
            clk.next = not clk

        @instance
        def reset():
            rst.next = 1
            m_axis.tready.next = 1
            yield clk.posedge
            for event in loading:
                yield event
            rst.next = 0

        @always(clk.posedge)
        def send():
            if not rst and (s_axis.tready or not s_axis.tvalid):
                beat = next(sent, None)
                s_axis.tvalid.next = beat is not None
                if beat is not None:
                    s_axis.tdata.next, s_axis.tlast.next = beat[:2]
                    if keep is not None:
                        keep.next = beat[2]

        @always(clk.posedge)
        def watch():
            self.cycle += 1
            if rst:  # which lasts while weights are loaded
                self.last_progress = self.cycle
            if s_axis.tvalid and s_axis.tready:
                self.seen.beat(self.cycle, bool(s_axis.tlast))
                self.left -= 1
            if m_axis.tvalid and m_axis.tready:
                self._see_result(int(m_axis.tdata))
            if inside["control"].flush:
                self.seen.decided(self.cycle)
            else:
                self._see_spikes(inside["spikes"][1:], inside["fires"][-1])
            if len(self.seen.words) == self.count and not self.left:
                raise StopSimulation
            if self.cycle - self.last_progress > self.patience:
                raise RuntimeError(f"no result of image {len(self.seen.words)} within {self.patience} cycles")

        return device, tick, reset, send, watch

    def _load(self, clk, s_load):
        """Load the network where its weights are loaded, a word in each of the cycles whose events this gives."""
        words = load_words(self.design).tolist() if self.design.configuration.is_loadable else []
        for address, word in enumerate(words):
            s_load.valid.next, s_load.address.next, s_load.data.next = True, address, word
            yield clk.posedge
        if words:
            s_load.valid.next = False

    def _see_result(self, word):
        self.seen.offered(self.cycle)
        self.seen.result(word)
        self.last_progress = self.cycle
        if self.progress is not None:
            self.progress(len(self.seen.words))

    def _see_spikes(self, hidden, output):
        for layer, stream in enumerate(hidden):
            if stream.valid and stream.ready:
                self.seen.hidden(layer, int(stream.mask), int(stream.rows), int(stream.step))
        if output.valid:
            self.seen.output(int(output.fires), int(output.step), int(output.fold) if output.folds > 1 else 0)
