"""What `first-spike compare` does with a processor, into one build of which networks are loaded one after the other."""

from rich.table import Table

from first_spike.command.cli import console, error_console, write_json
from first_spike.command.hardware_options import processor_of
from first_spike.command.images import read_images
from first_spike.command.places import BUILD, work_folder
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.processor.comparing import compare_networks

DIFFERENT = 1


def compare_processor(arguments, count):
    """Compare results and cycles with the golden model and the cycle model; returns the exit status. count: images of
    each network where nothing is said."""
    processor, cases = processor_of(arguments), []
    for path in arguments.network:
        network = Network.load(path)
        require_fit(network, processor)
        cases.append((path.stem, network, read_images(arguments, network, count).images))
    name = "_".join(map(str, processor.settings.values()))
    with work_folder(arguments.build or BUILD / "processor" / f"{name}_{arguments.sim}") as folder:
        reports = compare_networks(cases, processor, folder, arguments.sim)
    console.print(_table(reports, arguments.sim))
    if arguments.json:
        write_json(arguments.json, {"sim": arguments.sim, "limits": processor.settings, "networks": reports})
    differences = [f"{report['network']}, {first}" for report in reports
                   for first in (report["first_mismatch"], report["cycle_model"]["first"]) if first]
    for sentence in differences:
        error_console.print(sentence, style="bold red", soft_wrap=True)
    if differences:
        return DIFFERENT
    console.print("Every result is equal to the golden model's, every cycle to the cycle model's.")
    return None


def _table(reports, simulator):
    table = Table(title=f"networks loaded one after the other, {simulator}", title_justify="left")
    for heading in ("network", "images", "equal", "cycles, mean", "max", "unlike the cycle model"):
        table.add_column(heading, justify="left" if heading == "network" else "right", overflow="fold")
    for report in reports:
        table.add_row(report["network"], f"{report['images']:,}", f"{report['equal_images']:,}",
                      f"{report['cycles']['mean']:,.1f}", f"{report['cycles']['max']:,}",
                      f"{report['cycle_model']['mismatches']:,}")
    return table
