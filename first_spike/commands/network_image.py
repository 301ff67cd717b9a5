"""Write a network as the driver in C loads it.

Words for one design, with their number, CRC-32 and hash.
"""

from first_spike.command.cli import Parser, console
from first_spike.command.hardware_options import add_hardware, check_hardware, configuration, processor_of
from first_spike.command.option_values import NAMED, NetworkFile, output_file
from first_spike.command.places import check_places
from first_spike.device.identity import network_image, processor_image
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing
from first_spike.rtl_model.tops import DEFAULT, PROCESSOR, PROCESSOR_AXI, TOPS

LOADABLE = Configuration(weights="loadable")


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    network = Network.load(arguments.network)
    if TOPS[arguments.top].is_processor:
        image = processor_image(network, processor_of(arguments))
    else:
        image = network_image(network, made_with(arguments, network))
    with replacing(arguments.out) as file:
        file.write(image)
    console.print(f"{arguments.out}: {len(image):,} bytes", soft_wrap=True)


def made_with(arguments, network):
    """The Design that the image is for. Raises UserError if it has constants."""
    design = Design(Network.load(arguments.made_with) if arguments.made_with else network,
                    configuration(arguments, LOADABLE))
    if not design.configuration.is_loadable:
        raise UserError("a design with constants loads no network: choose --weights loadable, as the design was made")
    return design


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}")
    parser.add_argument("--made-with", action=NetworkFile, metavar="FILE.npz",
                        help="the network that the design was made with (default: the same)")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="what is written")
    add_hardware(parser, (DEFAULT, PROCESSOR, PROCESSOR_AXI), base=LOADABLE)
    arguments = parser.parse_args()
    check_hardware(parser, arguments, accelerators=("made_with",))
    return arguments
