"""Generate Verilog: an accelerator for one network, or a processor for any that fits."""

from pathlib import Path

from first_spike.command.cli import Parser, console
from first_spike.command.hardware_options import add_hardware, check_hardware, design_of, processor_of
from first_spike.command.option_values import NAMED, NetworkFile
from first_spike.comparison.design_files import write_named_design
from first_spike.golden.contract.network import Network
from first_spike.processor.deliver import deliver
from first_spike.rtl_model.delivery.manifest import files_of, read_manifest
from first_spike.rtl_model.tops import PROCESSOR, PROCESSOR_AXI, STREAMED, TOPS


def main():
    arguments = parse()
    network = arguments.network and Network.load(arguments.network)
    if TOPS[arguments.top].is_processor:
        processor = processor_of(arguments)
        folder = deliver(processor, arguments.out, network, arguments.top)
        said = f"top {arguments.top}, identity {processor.identity:08x}"
    else:
        folder = write_named_design(design_of(arguments, network), arguments.out, arguments.name, arguments.top)
        manifest = read_manifest(folder)
        said = f"{len(files_of(manifest, 'module'))} modules, top {manifest['top']}"
    console.print(f"{folder}: {said}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--network", action=NetworkFile, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}; with --top {PROCESSOR} the one that the testbench loads "
                             "(default: none, and no vectors)")
    parser.add_argument("--out", type=Path, required=True,
                        help="folder for the design; an older design in it is replaced")
    parser.add_argument("--name", default="",
                        help="begins the name of every module and hex file, so that several designs, each in a folder "
                             "of its own, can be parts of a larger one (default: none, the top is called accelerator)")
    add_hardware(parser, (*STREAMED, PROCESSOR, PROCESSOR_AXI))
    arguments = parser.parse_args()
    check_hardware(parser, arguments, accelerators=("name",))
    if arguments.network is None and not TOPS[arguments.top].is_processor:
        parser.error("the following arguments are required: --network")
    if arguments.network and arguments.top == PROCESSOR_AXI:
        parser.error(f"--network is for the testbench, which the top {PROCESSOR} has, not {PROCESSOR_AXI}")
    return arguments
