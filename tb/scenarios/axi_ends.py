"""AXI4-Stream ends of the benches, which stall, by cocotbext-axi: other people say what an AXI4-Stream is."""

import numpy as np
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from tb.helpers.harness import stalls


class AxiEnds:
    """Source of frames and sink of results of an accelerator whose beats have `size` bytes."""

    def __init__(self, dut, size, *, source_stalls="none", sink_stalls="none", rng=None):
        bus = AxiStreamBus.from_prefix(dut, "s_axis")
        self.padded, lanes = (size, dict(byte_lanes=size)) if not hasattr(bus, "tkeep") else (1, {})
        self.source = AxiStreamSource(bus, dut.clk, dut.rst, **lanes)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.clk, dut.rst, byte_lanes=4)
        for end in (self.source, self.sink):
            end.log.setLevel("WARNING")
        self.source.set_pause_generator(stalls(source_stalls, rng))
        self.sink.set_pause_generator(stalls(sink_stalls, rng))

    def send(self, frame):
        """Queue one frame: bytes, or an image of which they are, the last beat padded with zeros, or null bytes."""
        data = frame if isinstance(frame, bytes) else bytes(np.asarray(frame, np.uint8).ravel())
        self.source.send_nowait(AxiStreamFrame(data + bytes(-len(data) % self.padded)))

    async def receive(self):
        """The next result word."""
        frame = await self.sink.recv()
        return int.from_bytes(bytes(frame.tdata), "little")
