"""Write a network as an NIR graph (neuroir.org) for other simulators."""


from first_spike.command.cli import Parser, console, shown
from first_spike.command.option_values import NAMED, NetworkFile, load_network, output_file
from first_spike.command.places import check_places
from first_spike.golden.foreign.nir_writer import to_do, write_nir
from first_spike.interop.options import time_step


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    network = load_network(arguments.file)
    write_nir(arguments.out, network, float(arguments.dt))
    console.print(f"{shown(arguments.out)} holds the graph. A simulator of it must", soft_wrap=True)
    for sentence in to_do(network):
        console.print(f"- {sentence}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("file", action=NetworkFile, metavar="FILE.npz", help=f"network file, of either kind, {NAMED}")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE.nir", help="write the graph")
    parser.add_argument("--dt", type=time_step, default=1, metavar="SECONDS",
                        help="time step of a simulator that wants 1 / dt in r, such as SpikingJelly (default: r is 1)")
    return parser.parse_args()

