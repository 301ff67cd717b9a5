"""Generate the design of a network: Verilog, and what goes along with it."""

from pathlib import Path

from first_spike.command.cli import Parser, console
from first_spike.command.configuration_options import add_configuration, add_top, design_of
from first_spike.command.option_values import NAMED, NetworkFile
from first_spike.comparison.design_files import write_named_design
from first_spike.golden.contract.network import Network
from first_spike.processor import command as processor
from first_spike.rtl_model.delivery.manifest import files_of, read_manifest
from first_spike.rtl_model.tops import STREAMED


def main():
    if processor.is_wanted(tops=processor.GENERATED):
        return processor.generate()
    parser = Parser(description=__doc__, epilog=processor.EPILOG)
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}")
    parser.add_argument("--out", type=Path, required=True,
                        help="folder for the design; an older design in it is replaced")
    parser.add_argument("--name", default="",
                        help="begins the name of every module and hex file, so that several designs, each in a folder "
                             "of its own, can be parts of a larger one (default: none, the top is called accelerator)")
    add_top(parser, STREAMED, processor.GENERATED)
    add_configuration(parser)
    arguments = parser.parse_args()
    folder = write_named_design(design_of(arguments, Network.load(arguments.network)), arguments.out, arguments.name,
                                arguments.top)
    manifest = read_manifest(folder)
    console.print(f"{folder}: {len(files_of(manifest, 'module'))} modules, top {manifest['top']}", soft_wrap=True)

