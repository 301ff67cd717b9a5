"""Bring a float network to few bits, with or without training, or sweep."""

from dataclasses import replace

from first_spike.command.cli import complain, console, error_console, write_json
from first_spike.command.data_options import check_bits, result_table
from first_spike.command.output_name import file, reserved
from first_spike.command.silence import silence, ties, warn
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.integer import integer_network
from first_spike.golden.quantization.scales import calibrate
from first_spike.golden.quantization.thresholds import retune
from first_spike.golden.training import defaults
from first_spike.golden.training.classes import hold_out
from first_spike.golden.training.loop import Training
from first_spike.golden.training.rates import side_by_side
from first_spike.jobs.job_options import chosen_workers
from first_spike.training.class_report import tell_classes
from first_spike.training.float_data import data_for
from first_spike.training.plans import finetuning_plan
from first_spike.training.quantize_options import parse
from first_spike.training.sweep_jobs import sweep_all
from first_spike.training.sweep_report import draw_sweep, sweep_table
from first_spike.training.training_bar import TrainingProgress

SWEEP_STEPS = (4, 8, 16, 32, 64, 256)


def main():
    arguments = parse(__doc__)
    network = FloatNetwork.load(arguments.float)
    network = replace(network, steps=arguments.steps or network.steps)
    dataset = data_for(network, arguments)
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], defaults.held_out(count), arguments.seed)
    chosen_on = dataset.train_images[held], dataset.train_labels[held]
    inputs = {"--float": arguments.float, "--dataset": arguments.dataset}
    if network.most_events is not None:
        if arguments.sweep:
            raise UserError(f"{arguments.float} takes events, whose steps are made when they are read: --sweep is for "
                            f"networks that take images")
        chosen_on = chosen_on[0].first(network.most_events), chosen_on[1]
    if arguments.sweep:
        with reserved("--sweep", arguments.sweep, (".json", ".png"), inputs):
            tell_classes(dataset, held)
            return make_sweep(arguments, network, dataset, *chosen_on)
    bits = check_bits(arguments.bits, len(network.layers))
    plan = finetuning_plan(arguments, network, dataset, bits) if arguments.finetune else None
    with reserved("--out", arguments.out, (".npz",), inputs):
        tell_classes(dataset, held, plan and plan.class_weights)
        made = quantize(arguments, network, dataset, plan, bits, *chosen_on)
        _, in_float = figures(network, dataset, chosen_on, arguments.silent)
        made, shown = figures(made, dataset, chosen_on, arguments.silent)
        made.save(file(arguments.out, ".npz"))
    console.print(result_table(arguments.out.name, {"float": in_float, "integer": shown}))
    warn(silence(arguments.out.name, shown["silent"], arguments.silent) + ties(arguments.out.name, shown["ties"]))


def quantize(arguments, network, dataset, plan, bits, images, labels):
    """The integer network of a FloatNetwork; plan: how it is trained on, or None; images, labels: what is chosen by
    where it is not."""
    if plan:
        with TrainingProgress() as progress:
            return Training(plan, dataset, progress=progress).quantize(network)
    with error_console.status("choosing scales"):
        layers = calibrate(network, bits, images, labels)
    layers = retune(layers, network.steps, images, labels, arguments.silent, patient=arguments.patient)
    return integer_network(network, layers, f"{network.source}; quantized after training")


def make_sweep(arguments, network, dataset, images, labels):
    with chosen_workers(arguments, side_by_side()) as workers:
        rows, failed = sweep_all(network, dataset, images, labels, range(1, 9), SWEEP_STEPS, arguments.silent, workers,
                                 cache_folder("sweep"))
    if failed:
        return complain(failed)
    write_json(file(arguments.sweep, ".json"), {"float": str(arguments.float), "images": len(dataset.test_images),
                                                "held_out_images": len(images), "rows": rows})
    draw_sweep(file(arguments.sweep, ".png"), rows, arguments.float.stem)
    console.print(sweep_table(arguments.float.name, rows, len(images), len(dataset.test_images)))

