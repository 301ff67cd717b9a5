"""The ways to classify images with a network: two Verilog simulators, one of them on gates too, MyHDL's own, and the
golden model."""

from first_spike.command.bars import step
from first_spike.comparison.outcome import from_record
from first_spike.comparison.recorder import Recorder
from first_spike.golden.errors import UserError
from first_spike.rtl_model.simulate import simulate

VERILOG = ("icarus", "verilator")
BACKENDS = (*VERILOG, "myhdl", "golden")
AFTER = 20_000  # cycles after the last result that waves of gates go on
GATES = "netlist"  # on Verilator, without a look inside, where no spike has a signal of its own


def simulated(backend, design, images, folder, build, *, waves=False, seed=1):
    """Run `images` back to back through the hardware of a Design on `backend` and return the Outcome.

    folder, build: where the Verilog or the gates are, and for the simulation; nothing to MyHDL. waves: of gates they
    go on for AFTER cycles. Raises UserError when the simulator is missing or fails.
    """
    with step(f"compile the design for {backend}") as one:
        of_gates, recorder = backend == GATES, None
        if of_gates or backend in VERILOG:
            recorder = Recorder(design, folder, build, "verilator" if of_gates else backend, inside=not of_gates,
                                waves=waves)
        one.begin(f"simulate on {backend}", len(images))
        if recorder:
            return from_record(recorder.run(images, seed=seed, after=AFTER if of_gates and waves else 0,
                                            progress=one.reach))
        try:
            return from_record(simulate(design, images, one.reach))
        except RuntimeError as error:
            raise UserError(f"the simulation in MyHDL failed: {error}") from error
