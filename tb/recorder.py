"""Whole test sets through a design in minutes: source, sink and monitor in SystemVerilog, compiled by Verilator with
the design.

The cocotb benches look at every cycle from Python, which costs a hundred times what the simulated cycle costs. Here
Verilog watches, and writes a line for each event; Python makes of them, afterwards, the same arrays as `tb.run_images`.
"""

import os
import subprocess
import time
from pathlib import Path

import numpy as np

from golden.errors import UserError
from rtl_model.shape.placement import layer_feeds
from rtl_model.simulate import patience
from tb.harness import initial_values, require_plain_path, require_simulator

POLL_SECONDS = 0.2
STALLED_PATIENCE = 20
RECORDER = """\
`timescale 1ns/1ps
module recorder;
localparam IMAGES = {images}, BEATS = {beats}, PATIENCE = {patience};
reg clk = 0, rst = 1;
reg [{width}:0] frames [0:IMAGES * BEATS - 1];
reg [{width}:0] s_axis_tdata;
reg s_axis_tvalid = 0, s_axis_tlast = 0, m_axis_tready = 0;
wire s_axis_tready, m_axis_tvalid, m_axis_tlast;
wire [31:0] m_axis_tdata;
integer out, stalls, alone, images;
integer cycle = 0, sent = 0, taken = 0, results = 0, quiet = 0;
reg offered = 0;

accelerator dut (.clk(clk), .rst(rst),
    .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast));

always #5 clk = ~clk;

initial begin
    if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
    if (!$value$plusargs("alone=%d", alone)) alone = 0;
    if (!$value$plusargs("images=%d", images)) images = IMAGES;
    $readmemh("frames.hex", frames);
    out = $fopen("record.txt", "w");
    repeat (3) @(posedge clk);
    rst <= 0;
end

function stalled(input integer percent);
    stalled = $urandom_range(99, 0) < percent;
endfunction

// source: a beat that is offered stays until it is taken
always @(posedge clk) if (!rst) begin
    if (!s_axis_tvalid || s_axis_tready) begin
        if (sent < images * BEATS && !stalled(stalls)
                && (!alone || sent < (results + (m_axis_tvalid && m_axis_tready) + 1) * BEATS)) begin
            s_axis_tvalid <= 1;
            s_axis_tdata <= frames[sent];
            s_axis_tlast <= sent % BEATS == BEATS - 1;
            sent <= sent + 1;
        end else s_axis_tvalid <= 0;
    end
end

// sink
always @(posedge clk) m_axis_tready <= !stalled(stalls);

// monitor
always @(posedge clk) if (!rst) begin
    cycle <= cycle + 1;
    quiet <= quiet + 1;
    if (s_axis_tvalid && s_axis_tready) begin
        if (taken % BEATS == 0) $fwrite(out, "f %0d\\n", cycle);
        if (s_axis_tlast) $fwrite(out, "l %0d\\n", cycle);
        taken <= taken + 1;
    end
    if (m_axis_tvalid) begin
        if (!offered) $fwrite(out, "v %0d\\n", cycle);
        if (m_axis_tready) begin
            $fwrite(out, "r %0h\\n", m_axis_tdata);
            results <= results + 1;
            quiet <= 0;
            if (results % 100 == 99) begin
                $display("%0d", results + 1);
                $fflush;
            end
        end
    end
    offered <= m_axis_tvalid && !m_axis_tready;
{watch}
    if (results == images) $finish;
    if (quiet == PATIENCE) begin
        $display("no result of image %0d within %0d cycles", results, PATIENCE);
        $finish;
    end
end
endmodule
"""


def build_recorder(network, configuration, images, design, build, spikes=True):
    """Compile the design in folder `design` with a recorder for `images` (uint8 [n, rows, columns]) into the folder
    `build`.

    spikes: look inside for them; without, any design with the accelerator's ports will do, and results are all that is
    seen. Raises UserError when Verilator is missing or fails.
    """
    require_simulator("verilator")
    design, build = Path(design).resolve(), Path(build).resolve()
    require_plain_path("verilator", design, build)
    build.mkdir(parents=True, exist_ok=True)
    pixels = configuration.pixels
    beats = -(-network.inputs // pixels)
    padded = np.zeros((len(images), beats * pixels), np.uint8)
    padded[:, :network.inputs] = np.asarray(images).reshape(len(images), -1)
    words = padded.reshape(-1, pixels)[:, ::-1].tobytes().hex()
    digits = 2 * pixels
    (build / "frames.hex").write_text("\n".join(words[i:i + digits] for i in range(0, len(words), digits)) + "\n")
    for hex_file in design.glob("*.hex"):
        (build / hex_file.name).write_bytes(hex_file.read_bytes())
    (build / "recorder.sv").write_text(RECORDER.format(
        images=len(images), beats=beats, width=8 * pixels - 1, patience=STALLED_PATIENCE
        * patience(network, configuration), watch=_watch(network, configuration) if spikes else ""))
    sources = [str(design / name) for name in (design / "filelist.f").read_text().split()]
    command = ["verilator", "--binary", "--timing", "-Wno-fatal", "-O3", "--x-assign", "unique", "--x-initial",
               "unique", "--top-module", "recorder", "--Mdir", "obj", "-MAKEFLAGS", "OPT_FAST=-Os", "recorder.sv",
               *sources]
    _run(command, build, "build.log", lambda _: None)


def record(network, configuration, count, build, *, stalls=0, alone=False, seed=1, progress=lambda share: None):
    """Run the first `count` images of the recorder in `build`; returns the arrays that `tb.run_images` writes.

    stalls: percent of the cycles in which each end stalls; alone: each image waits for the result of the one before;
    progress(share) is called now and then. Raises UserError when the simulation fails or an image gets no result.
    """
    build = Path(build).resolve()
    folder = build / f"stalls{stalls}_{'alone' if alone else 'stream'}"
    folder.mkdir(exist_ok=True)
    for path in build.glob("*.hex"):
        link = folder / path.name
        if not link.exists():
            os.link(path, link)
    command = [str(build / "obj" / "Vrecorder"), f"+stalls={stalls}", f"+alone={int(alone)}", f"+images={count}",
               *initial_values(seed)]

    def show(text):
        finished = [line for line in text.splitlines() if line.isdigit()]
        progress(int(finished[-1]) / count if finished else 0.0)

    _run(command, folder, "simulation.log", show)
    found = decode(folder / "record.txt", network, configuration)
    if len(found["words"]) != count:
        raise UserError(f"the simulation gave {len(found['words'])} results for {count} images; its messages are in "
                        f"{folder / 'simulation.log'}")
    return found


def _run(command, folder, log, show):
    log = folder / log
    with open(log, "wb") as messages:
        child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=messages,
                                 stderr=subprocess.STDOUT)
        try:
            while child.poll() is None:
                show(log.read_text(errors="replace"))
                time.sleep(POLL_SECONDS)
        finally:
            child.terminate()
            child.wait()
    if child.returncode:
        raise UserError(f"{Path(command[0]).name} failed (status {child.returncode}); its messages are in {log}")


def _watch(network, configuration):
    """The statements that write down the spikes of every layer, and when an image ends."""
    last = len(network.sizes) - 1
    lines = [f'if (dut.spikes_{k}_valid && dut.spikes_{k}_ready) $fwrite(out, "h {k - 1} %0h %0h %0h\\n", '
             f'dut.spikes_{k}_mask, '
             f"dut.spikes_{k}_rows, dut.spikes_{k}_step);" for k in range(1, last + 1)]
    folded = configuration.layer_lanes(network.sizes)[last] < network.sizes[last]
    fold = f"dut.fires_{last}_fold" if folded else "1'b0"
    lines.append(f'if (dut.fires_{last}_valid) $fwrite(out, "o %0h %0h %0h\\n", dut.fires_{last}_fires, '
                 f'dut.fires_{last}_step, {fold});')
    spikes = "\n".join(f"        {line}" for line in lines)
    return f'    if (dut.control_flush) $fwrite(out, "d %0d\\n", cycle);\n    else begin\n{spikes}\n    end'


def decode(path, network, configuration):
    """The arrays of `tb.run_images` from the lines that a recorder wrote; without images where it did not see the
    spikes."""
    sizes, steps = network.sizes, network.steps
    lanes = configuration.layer_lanes(sizes)
    feeds = layer_feeds(network, configuration)
    marks = {"f": [], "l": [], "v": [], "d": []}
    words, spikes = [], []
    now = [np.full(size, steps, np.int16) for size in sizes]
    with open(path) as lines:
        for line in lines:
            kind, *fields = line.split()
            if kind == "r":
                words.append(int(fields[0], 16))
            elif kind == "h":
                layer = int(fields[0])
                mask, rows, step = (int(field, 16) for field in fields[1:])
                feed = feeds[layer + 1]
                for way in range(feed.ways):
                    if mask >> way & 1:
                        neuron = feed.sources[way][rows >> (way * feed.row_bits) & ((1 << feed.row_bits) - 1)]
                        _fire(now[layer], layer, neuron, step, steps, path)
            elif kind == "o":
                fires, step, fold = (int(field, 16) for field in fields)
                for lane in range(fires.bit_length()):
                    if fires >> lane & 1:
                        now[-1][fold * lanes[-1] + lane] = step
            else:
                marks[kind].append(int(fields[0]))
                if kind == "d":
                    spikes.append(now)
                    now = [np.full(size, steps, np.int16) for size in sizes]
    count = len(words)
    words = np.array(words, np.uint32)
    decision_time = (words >> 16 & 0x1FF).astype(np.int16)
    spikes = spikes[:count]
    layers = {}
    for k in range(len(sizes)):
        times = np.stack([image[k] for image in spikes]) if spikes else np.empty((0, sizes[k]), np.int16)
        # Spikes of later steps may be on their way when the decision falls; they are no part of the result.
        layers[f"layer{k}_spike_times"] = np.where(times > decision_time[:len(times), None], np.int16(steps), times)
    names = {"first_beat": "f", "last_beat": "l", "valid": "v", "decided": "d"}
    return {"words": words, **{name: np.array(marks[key][:count], np.int64) for name, key in names.items()}, **layers}


def _fire(times, layer, neuron, step, steps, path):
    if not 0 <= neuron < len(times) or times[neuron] != steps:
        raise UserError(f"layer {layer} sent a spike of neuron {neuron} in step {step} that cannot be (-1: no such "
                        f"neuron; else it "
                        f"fired before); see {path}")
    times[neuron] = step
