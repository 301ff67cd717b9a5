"""A board at a serial line: classify on it, load a network, ask what it is.

Every result is compared with the golden model, every number of cycles with the cycle model. The port `sim` is the board
in simulation: its own top in Verilator, the serial line on a pseudo-terminal. Exit status 1 if a result or its number
of cycles differs, after naming the first.
"""


from first_spike.boards import info, load, processor, run
from first_spike.boards.opened import take_board
from first_spike.command.cli import Parser
from first_spike.processor.command import is_wanted

EPILOG = "A board whose bitstream is a processor is asked for by --top processor, and has options of its own."
COMMANDS = {"run": run, "load": load, "info": info}


def main():
    if is_wanted():
        return processor.main()
    arguments = parse()
    return COMMANDS[arguments.command].work(arguments)


def parse():
    parser = Parser(description=__doc__.splitlines()[0], epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {}
    for name, module in COMMANDS.items():
        text = module.__doc__.splitlines()[0]
        parsers[name] = commands.add_parser(name, help=text, description=text)
        module.add_options(parsers[name])
    arguments = parser.parse_args()
    if arguments.board is None:
        return arguments
    take_board(parsers[arguments.command], arguments.board)
    return parser.parse_args()

