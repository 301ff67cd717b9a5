"""Accuracy of a network on a test set, by the golden model.

A network of either kind, with the strict read-out.
Every image counts: an image without an output spike is classified by its largest potential, and ties in the first step
are settled by potential, then by index. No tie counts as correct for being one.

Errors by coverage: the share of errors among the images of the largest margins. A network with a calibration also has
probabilities, and --curves draws both.

With --metrics also what the images ask for: spikes, additions and words of memory, counted, and joules, estimated.
"""


from first_spike.command.calibrations import with_calibration
from first_spike.command.cli import Parser, console, error_console, write_json, write_predictions
from first_spike.command.figure import literal_text, require_matplotlib, save_figure
from first_spike.command.hardware_options import add_configuration, configuration, design_of
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, above_zero, load_network, output_file, positive
from first_spike.command.places import check_places
from first_spike.command.silence import most_silent, most_ties, silence, ties, warn
from first_spike.comparison.table import figures_table, summarise
from first_spike.exploration.energy import UP5K_MHZ
from first_spike.exploration.metrics import energy_lines, metrics, operations_table, require_integers
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.plots.confidence import draw_confidence
from first_spike.plots.run import Run


def main():
    arguments = parse()
    check_places(arguments, files=("json", "predictions", "curves"))
    if arguments.curves:
        require_matplotlib()
    network = with_calibration(load_network(arguments.network), arguments.network)
    design = design_of(arguments, require_integers(network)) if arguments.metrics else None
    chosen = read_images(arguments, network)
    if arguments.curves and chosen.labels is None:
        raise UserError("--curves draws errors, which need labels: give them by --labels")
    with error_console.status(f"{len(chosen.images)} images"):
        result = (infer if isinstance(network, Network) else float_infer)(network, chosen.images)
    report = summarise(network, chosen, result)
    console.print(figures_table(network, chosen.name, report))
    name, count = arguments.network.name, report["images"]
    report["warnings"] = warn(silence(name, report["silent"], most_silent(network, count))
                              + ties(name, report["ties"], most_ties(count)))
    if arguments.metrics:
        report["metrics"] = metrics(design, chosen.images, result, arguments.rate, arguments.clock,
                                    arguments.cells)
        console.print(operations_table(repr(design), report["metrics"]))
        for line in energy_lines(report["metrics"]):
            console.print(line, soft_wrap=True)
    if arguments.curves:
        with literal_text():
            save_figure(draw_confidence(Run(network, chosen, 0, result)), arguments.curves)
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.predictions:
        write_predictions(arguments.predictions, result)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"network file, of either kind, {NAMED}")
    add_image_arguments(parser)
    parser.add_argument("--json", type=output_file, metavar="FILE",
                        help="write the figures of the table, the curves and the most doubtful images")
    parser.add_argument("--predictions", type=output_file, metavar="FILE.npz",
                        help="write class, decision_time, silent, tie, margin, spread, runner_up and "
                             "layerK_spike_times of every image, for the whole run")
    parser.add_argument("--curves", type=output_file, metavar="FILE",
                        help="draw the error by coverage and, of a network with a calibration, the reliability "
                             "diagram, as SVG if FILE ends in .svg, otherwise as PNG; needs labels")
    parser.add_argument("--metrics", action="store_true",
                        help="count what the images ask for in the design of the options that follow, and estimate "
                             "what that costs in joules (docs/explanation/energy.md)")
    add_configuration(parser)
    parser.add_argument("--rate", type=above_zero, metavar="N", help="with --metrics: images a second, for the power")
    parser.add_argument("--clock", type=above_zero, metavar="MHZ",
                        help=f"with --metrics: for the model up5k (default: {UP5K_MHZ:g})")
    parser.add_argument("--cells", type=positive, metavar="N",
                        help="with --metrics: for the model up5k, logic cells of the design, as `first-spike "
                             "bitstream` counts them")
    arguments = parser.parse_args()
    asked = (arguments.rate, arguments.clock, arguments.cells) != (None, None, None)
    if (asked or configuration(arguments) != Configuration()) and not arguments.metrics:
        parser.error("options of a design, --rate, --clock and --cells go with --metrics")
    return arguments

