"""A board at a serial line: classify on it, load a network, ask what it is.

Every result is compared with the golden model, every number of cycles with the cycle model. The port `sim` is the board
in simulation: its own top in Verilator, the serial line on a pseudo-terminal. Exit status 1 if a result or its number
of cycles differs, after naming the first.
"""


from first_spike.boards import info, load, processor, run
from first_spike.boards.opened import SIMULATED
from first_spike.command.cli import Parser
from first_spike.command.hardware_options import check_hardware, flag, given_options
from first_spike.command.places import DEFAULT_NETWORK
from first_spike.golden.contract.processor import Processor
from first_spike.rtl_model.tops import PROCESSOR, TOPS

COMMANDS = {"run": run, "load": load, "info": info}


def main():
    arguments = parse()
    if TOPS[arguments.top].is_processor:
        return processor.work(arguments)
    return COMMANDS[arguments.command].work(arguments)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {}
    for name, module in COMMANDS.items():
        text = module.__doc__.splitlines()[0]
        parsers[name] = commands.add_parser(name, help=text, description=text)
        module.add_options(parsers[name])
    arguments = parser.parse_args()
    check(parsers[arguments.command], arguments)
    return arguments


def check(parser, arguments):
    """argparse's error where a command at a board needs, or does not take, what the top has."""
    command = arguments.command
    check_hardware(parser, arguments, accelerators=("meanwhile",) if command == "load" else ())
    if not TOPS[arguments.top].is_processor:
        arguments.network = arguments.network or DEFAULT_NETWORK
        if command == "load" and len(arguments.networks) > 1:
            parser.error(f"one network is loaded into an accelerator; several go with --top {PROCESSOR}")
        return
    given = given_options(arguments, Processor)
    if given and arguments.port != SIMULATED:
        parser.error(f"{', '.join(map(flag, given))}: for --port {SIMULATED}; a board says itself what it takes")
    if command == "run" and arguments.network is None:
        parser.error("the following arguments are required: --network, which the processor holds")
    if command != "run" and arguments.network:
        parser.error(f"--network is for `run`: {command} of a processor needs none")
