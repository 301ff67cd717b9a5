"""A board whose bitstream is a processor: networks are loaded into it, one after the other, and classify.

With --top processor nothing is said of a network that the board was made with: there is none.
"""

import time
from contextlib import contextmanager

from rich.table import Table

from first_spike.boards.opened import (
    CYCLES_PER_BIT,
    SIMULATED,
    SIMULATED_ANSWER,
    SIMULATED_PATIENCE,
    SimulatedBoard,
    is_simulated,
)
from first_spike.boards.run import board_table, compared, finish
from first_spike.command.bars import JobBar
from first_spike.command.cli import console, error_console
from first_spike.command.images import read_images
from first_spike.command.places import check_places, work_folder
from first_spike.comparison.simulators import require_plain_path
from first_spike.device.device import PATIENCE
from first_spike.device.identity import NO_NETWORK
from first_spike.device.line import BAUD, SerialLine
from first_spike.device.processor import Processor as ProcessorDevice
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import latency
from first_spike.processor.boards import DEFAULT, chosen_processor, folder_name, made_design
from first_spike.synthesis.bitstream import write_top

DEFAULT_COUNT = 100


def work(arguments):
    """Do what the arguments ask for; returns the exit status."""
    check_places(arguments, files=("json",), folders=("build",))
    limits = None
    if is_simulated(arguments):
        limits = chosen_processor(arguments.board or DEFAULT, arguments).limits
    paths = [arguments.network] if arguments.command == "run" else getattr(arguments, "networks", ())
    cases = []
    for path in paths:
        network = Network.load(path)
        if limits:
            require_fit(network, limits)
        cases.append((path, network, read_images(arguments, network, DEFAULT_COUNT)))
    with opened(arguments, limits) as board:
        return COMMANDS[arguments.command](arguments, board, cases)


def load(arguments, board, cases):
    """Load each network and classify with it."""
    board.identify()
    reports = []
    for path, network, images in cases:
        begin = time.monotonic()
        with JobBar(str(arguments.port), [f"loading {path.stem}"]) as bar:
            board.load(network, progress=lambda share: bar.report(0, share))
        seconds = time.monotonic() - begin
        simulated = " of simulation" if arguments.port == SIMULATED else ""
        console.print(f"{path.stem}: loaded in {seconds:.2f} s{simulated}", soft_wrap=True)
        report = classified(arguments, board, path, network, images)
        reports.append({"network": path.stem, **report, "load_seconds": seconds})
    return finish(arguments, {"networks": reports}, [f"{report['network']}, {sentence}" for report in reports
                                                     for sentence in report["first"]],
                  cycles=all(network.takes != EVENTS for _, network, _ in cases))


def run(arguments, board, cases):
    """Classify with the network that the board holds; one in simulation is given it."""
    (path, network, images), = cases
    if arguments.port == SIMULATED:
        return load(arguments, board, cases)
    board.identify(network)
    report = classified(arguments, board, path, network, images)
    return finish(arguments, report, report["first"], cycles=network.takes != EVENTS)


def info(arguments, board, _):
    """Say what the board takes."""
    identity = board.identify()
    table = Table(title=f"the processor at {arguments.port}", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in identity.limits.settings.items():
        if name != "memory":
            table.add_row(name.replace("_", " "), value if isinstance(value, str) else f"{value:,}")
    table.add_row("events", "yes" if identity.limits.takes_events else "no")
    table.add_row("network", "none" if identity.sha256 == NO_NETWORK else f"{identity.sha256[:12]}…")
    console.print(table)


COMMANDS = {"load": load, "run": run, "info": info}


def classified(arguments, board, path, network, images):
    """The figures of ChosenImages on a ProcessorDevice that holds the network, which are printed, too."""
    begin = time.monotonic()
    with JobBar(str(arguments.port), ["images"]) as bar:
        answers = board.classify(images.images, lambda count: bar.report(0, count / len(images.images)))
    seconds = time.monotonic() - begin
    expected = infer(network, images.images)
    cycles = None if network.takes == EVENTS else latency(network, board.identify(network).limits, images.images,
                                                          expected)
    report = compared(expected, cycles, images.labels, answers, seconds)
    console.print(board_table(f"{path.stem} on {images.name}, port {arguments.port}", report))
    return report


@contextmanager
def opened(arguments, limits):
    """The ProcessorDevice that the arguments ask for; where there are limits, the top of the board in Verilator, built
    once."""
    if limits is None:
        with ProcessorDevice(SerialLine(arguments.port, arguments.baud or BAUD), PATIENCE) as board:
            yield board
        return
    require_plain_path("verilator", arguments.build.resolve())
    cycles_per_bit = arguments.cycles_per_bit or CYCLES_PER_BIT
    with work_folder(arguments.build) as folder:
        place = folder / folder_name(limits)
        place.mkdir(exist_ok=True)
        with error_console.status("building the processor in simulation"):
            made = made_design(limits, place, cycles_per_bit)
            simulated = SimulatedBoard(write_top(made, place / "top"), place / "board", cycles_per_bit)
        with simulated, ProcessorDevice(simulated.port, SIMULATED_PATIENCE, SIMULATED_ANSWER) as board:
            yield board
