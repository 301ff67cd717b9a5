"""Images through the accelerator in MyHDL's own simulator."""

import numpy as np
from myhdl import StopSimulation, always, block, delay, instance

from rtl_model.accelerator import accelerator, accelerator_ports
from rtl_model.shape.placement import layer_feeds

RESET_CYCLES = 3
HALF_PERIOD = 5


def patience(network, configuration):
    """Cycles within which any image must have its result: several times what its spikes could cost at the most."""
    sizes = (network.inputs, *network.sizes)
    lanes = configuration.layer_lanes(network.sizes)
    worst = sum((sources + network.steps) * -(-neurons // count)
                for sources, neurons, count in zip(sizes[:-1], sizes[1:], lanes))
    return 1000 + 8 * worst


def simulate(network, configuration, images, progress=None):
    """Classify `images` (uint8 [n, rows, columns]) back to back, no stalls; returns the arrays that `tb.run_images`
    writes.

    {"words": uint32 [n] result words; "first_beat", "last_beat", "decided", "valid": int64 [n] cycles in which the
    frame began and ended, the decision fell and the result was there; "layerK_spike_times": int16 [n, neurons] up to
    the decision, T where there was none}. `progress(count)` is called with the number of results so far.
    Raises RuntimeError if an image gets no result, or a layer a spike that cannot be.
    """
    bench = _Bench(network, configuration, images, progress)
    simulation = bench.block()
    try:
        simulation.run_sim(quiet=1)
    finally:
        simulation.quit_sim()
    return bench.record()


class _Bench:
    """Clock, source and sink around an accelerator, and what was seen of it, cycle by cycle."""

    def __init__(self, network, configuration, images, progress):
        self.network, self.configuration = network, configuration
        self.progress = progress
        self.beats = [beat for image in images for beat in _beats(image, configuration.pixels)]
        self.count = len(images)
        self.feeds = layer_feeds(network, configuration)
        self.lanes = configuration.layer_lanes(network.sizes)
        self.patience = patience(network, configuration)
        self.words, self.spikes = [], []
        self.marks = {name: [] for name in ("first_beat", "last_beat", "decided", "valid")}
        self.now = self._blank()
        self.cycle = self.last_progress = 0

    def _blank(self):
        return [np.full(size, self.network.steps, np.int16) for size in self.network.sizes]

    @block
    def block(self):
        ports = accelerator_ports(self.configuration)
        clk, rst, s_axis, m_axis = (ports[name] for name in ("clk", "rst", "s_axis", "m_axis"))
        device = accelerator(**ports, network=self.network, configuration=self.configuration)
        inside = device.symdict  # the local signals of `accelerator` by name
        sent = iter(self.beats)

        @always(delay(HALF_PERIOD))
        def tick():
            clk.next = not clk

        @instance
        def reset():
            rst.next = 1
            m_axis.tready.next = 1
            for _ in range(RESET_CYCLES):
                yield clk.posedge
            rst.next = 0

        @always(clk.posedge)
        def send():
            if not rst and (s_axis.tready or not s_axis.tvalid):
                beat = next(sent, None)
                s_axis.tvalid.next = beat is not None
                if beat is not None:
                    s_axis.tdata.next, s_axis.tlast.next = beat

        @always(clk.posedge)
        def watch():
            self.cycle += 1
            if s_axis.tvalid and s_axis.tready:
                self._see_beat(bool(s_axis.tlast))
            if m_axis.tvalid and m_axis.tready:
                self._see_result(int(m_axis.tdata))
            if inside["control"].flush:
                self.marks["decided"].append(self.cycle)
                self.spikes.append(self.now)
                self.now = self._blank()
            else:
                self._see_spikes(inside["spikes"], inside["fires"][-1])
            if len(self.words) == self.count:
                raise StopSimulation
            if self.cycle - self.last_progress > self.patience:
                raise RuntimeError(f"no result of image {len(self.words)} within {self.patience} cycles")

        return device, tick, reset, send, watch

    def _see_beat(self, last):
        first_beat, last_beat = self.marks["first_beat"], self.marks["last_beat"]
        if len(first_beat) == len(last_beat):
            first_beat.append(self.cycle)
        if last:
            last_beat.append(self.cycle)

    def _see_result(self, word):
        self.marks["valid"].append(self.cycle)
        self.words.append(word)
        self.last_progress = self.cycle
        if self.progress is not None:
            self.progress(len(self.words))

    def _see_spikes(self, streams, output):
        for times, stream, feed in zip(self.now, streams[1:], self.feeds[1:]):
            if stream.valid and stream.ready:
                for way, sources in enumerate(feed.sources):
                    if stream.mask[way]:
                        neuron = sources[int(stream.rows[(way + 1) * feed.row_bits:way * feed.row_bits])]
                        if neuron < 0 or times[neuron] != self.network.steps:
                            raise RuntimeError(f"a spike of neuron {neuron}, which does not exist or fired before")
                        times[neuron] = stream.step
        if output.valid:
            first = int(output.fold) * self.lanes[-1] if output.folds > 1 else 0
            for lane in range(output.lanes):
                if output.fires[lane]:
                    self.now[-1][first + lane] = output.step

    def record(self):
        """The arrays that `simulate` returns."""
        words = np.array(self.words, np.uint32)
        decision_time = (words >> 16 & 0x1FF).astype(np.int16)
        layers = {}
        for k in range(len(self.network.sizes)):
            times = np.stack([spikes[k] for spikes in self.spikes[:self.count]])
            # Spikes of later steps may be on their way when the decision falls; they are no part of the result.
            layers[f"layer{k}_spike_times"] = np.where(times > decision_time[:, None], np.int16(self.network.steps),
                                                       times)
        return {"words": words, **layers,
                **{name: np.array(cycles[:self.count], np.int64) for name, cycles in self.marks.items()}}


def _beats(image, pixels):
    """(data, is last) of each beat of an image, the first pixel in the lowest byte, the last beat padded with zeros."""
    data = np.asarray(image, np.uint8).tobytes()
    starts = range(0, len(data), pixels)
    return [(int.from_bytes(data[start:start + pixels], "little"), start + pixels >= len(data)) for start in starts]
