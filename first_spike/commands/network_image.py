"""Write a network as the driver in C loads it.

Words for one design, with their number, CRC-32 and hash.
"""

from first_spike.command.cli import Parser, console
from first_spike.command.configuration_options import add_configuration, design_of
from first_spike.command.option_values import NAMED, NetworkFile, output_file
from first_spike.command.places import check_places
from first_spike.device.identity import network_image, processor_image
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing
from first_spike.processor import command as processor


def main():
    if processor.is_wanted(tops=processor.GENERATED):
        arguments = processor.parse_image()
        check_places(arguments, files=("out",))
        return write(arguments, processor_image(Network.load(arguments.network), processor.limits_of(arguments)))
    arguments = parse()
    check_places(arguments, files=("out",))
    network = Network.load(arguments.network)
    made_with = design_of(arguments, Network.load(arguments.made_with) if arguments.made_with else network)
    if not made_with.configuration.is_loadable:
        raise UserError("a design with constants loads no network: choose --weights loadable, as the design was made")
    return write(arguments, network_image(network, made_with))


def write(arguments, image):
    """Into the file that the arguments name."""
    with replacing(arguments.out) as file:
        file.write(image)
    console.print(f"{arguments.out}: {len(image):,} bytes", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__, epilog=processor.EPILOG)
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}")
    parser.add_argument("--made-with", action=NetworkFile, metavar="FILE.npz",
                        help="the network that the design was made with (default: the same)")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="what is written")
    add_configuration(parser)
    parser.set_defaults(weights="loadable")
    return parser.parse_args()

