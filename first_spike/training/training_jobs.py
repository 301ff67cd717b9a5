"""Trainings as long jobs: of several seeds, of several networks. What is done is kept, and what was stopped goes on.

The same training with several seeds: NAME_s1.npz and so on, and one table with mean and spread.

Recipes of networks: the words of a command that made one, as a long job.

The figures in a shipped network's header, counted anew on the data of its recipe.
"""

import argparse
import glob
import platform
import shlex
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from importlib.metadata import version

import numpy as np
from rich.table import Table

from first_spike.command.calibrations import write_calibration
from first_spike.command.cli import complain, console, note, write_json
from first_spike.command.data_options import add_dataset_arguments, data_choices, read_dataset
from first_spike.command.figure import require_matplotlib
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.command.option_values import load_network
from first_spike.command.places import file, make_folder, reserved
from first_spike.command.replaced import keeping_older, refuse_older
from first_spike.command.silence import warn
from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder
from first_spike.golden.inference.calibration import COVERAGE, calibrated
from first_spike.golden.inference.figures import figures
from first_spike.golden.inference.infer import infer
from first_spike.golden.training import defaults
from first_spike.golden.training.adam import use_threads
from first_spike.golden.training.loop import Stopped, Training
from first_spike.golden.training.sources import held_and_rest, hold_out
from first_spike.jobs.jobs import (
    Job,
    Kept,
    Large,
    LocalWorkers,
    hash_of_arrays,
    hash_of_files,
    hash_of_project,
    run_jobs,
)
from first_spike.jobs.on_a_worker import seldom
from first_spike.training import quantize_options, train_options
from first_spike.training.quantize_options import data_for, data_name, seed_for
from first_spike.training.results import (
    CHECKPOINT,
    NETWORKS,
    REPORT,
    RESULTS,
    SUFFIXES,
    check_checkpoint,
    finish,
    tell_classes,
    write_networks,
)
from first_spike.training.train import (
    finetuning_plan,
    read_training,
    stoppable,
    stopped,
    training_plan,
    usual_for,
)
from first_spike.training.train_options import wishes_of
from first_spike.training.wishes import Wishes


def run_trainings(title, jobs, workers, kept):
    """`run_jobs` on the workers that a context gives, such as `chosen_workers`. Trainings of this process that are
    asked to stop write their checkpoints; then Stopped is raised."""
    with workers as chosen, stoppable() if isinstance(chosen, LocalWorkers) else nullcontext():
        return run_jobs(title, jobs, chosen, kept)


def training_job(out, plan, dataset, overwrite=None):
    """The Job of a training, from NAME.checkpoint if it is there, to the files of `write_networks`; overwrite: see
    replaced.py."""
    kinds = ["float"] if plan.bits is None else ["float", "integer"]
    return _job(out, plan, dataset, overwrite, train, [], [*(NETWORKS[kind] for kind in kinds), REPORT], RESULTS)


def finetuning_job(out, plan, dataset, float_network, overwrite=None):
    """The Job of training a FloatNetwork on at few bits, to NAME.npz; overwrite: see replaced.py."""
    suffixes = [NETWORKS["integer"]]
    return _job(out, plan, dataset, overwrite, finetune, [float_network], suffixes, suffixes)


def _job(out, plan, dataset, overwrite, function, begun, suffixes, older):
    """suffixes: of the files that the job writes; older: of those that they replace."""
    data = hash_of_arrays(*dataset.train_arrays, *dataset.test_arrays)
    decides = {"plan": plan.as_dict(), "data": data, "split": dataset.split,
               "classes": list(dataset.classes), "shape": list(dataset.image_shape),
               "begun": [net.sha256 for net in begun], "out": str(out.resolve()), "code": hash_of_project(),
               "versions": [platform.python_version(), *map(version, ("numpy", "numba"))]}
    return Job(out.name, function, (out.name, suffixes, overwrite, plan, *map(Large, (dataset, *begun))), out.parent,
               decides, tuple(glob.escape(out.name) + suffix for suffix in suffixes),
               partial(_is_still_there, out, suffixes), partial(keeping_older, out, older, overwrite))


def train(folder, report, name, suffixes, overwrite, plan, dataset):
    """Do a training; returns {"networks": Result.shown, "warnings": sentences, "files": their hash}."""
    out = folder / name
    checkpoint = file(out, CHECKPOINT)
    with _one_thread():
        try:
            result = Training(plan, dataset, checkpoint, _progress(report, plan, plan.epochs),
                              stopped).run(checkpoint.exists())
        except UserError as error:
            raise UserError(f"{error}; --restart begins anew" if checkpoint.exists() else str(error)) from error
    with keeping_older(out, RESULTS, overwrite):
        warnings = write_networks(out, plan, result)
    return _done(out, suffixes, result.shown, warnings)


def finetune(folder, report, name, suffixes, overwrite, plan, dataset, float_network):
    """Train on; returns a dict as `train` does."""
    with _one_thread():
        training = Training(plan, dataset, None, _progress(report, plan, 0), stopped)
        network, shown = training.figures(training.quantize(float_network))
    with keeping_older(folder / name, suffixes, overwrite):
        network.save(file(folder / name, NETWORKS["integer"]))
    return _done(folder / name, suffixes, {"integer": shown}, [])


@contextmanager
def _one_thread():
    """Jobs share the cores among them."""
    before = use_threads(1)
    try:
        yield
    finally:
        use_threads(before)


def _progress(report, plan, epochs):
    """What a Training calls, for the report of a job; epochs: of the float phase."""
    total, report = epochs + (plan.finetune if plan.bits else 0), seldom(report)

    def progress(phase, epoch, _, tally, images, found):
        done = epoch + (1 if found else tally.images / images) + (epochs if phase == "finetune" else 0)
        report(min(done / max(total, 1), 0.999))  # 1 is what is written, too
    return progress


def _done(out, suffixes, shown, warnings):
    return {"networks": shown, "warnings": warnings, "files": hash_of_files(file(out, suffix) for suffix in suffixes)}


def _is_still_there(out, suffixes, result):
    files = [file(out, suffix) for suffix in suffixes]
    return all(path.is_file() for path in files) and hash_of_files(files) == result["files"]


KEPT = cache_folder("seeds")
SUMMARY = "_seeds.json"
COLUMNS = {"accuracy": ".2%", "worst class": ".2%", "held out": ".2%", "silent": ".2%", "ties": ".2%",
           "spikes to the decision": ".1f"}


def train_seeds(name, seeds, plan, dataset, inputs, workers, restart=False, overwrite=None):
    """Train by a Plan with each of the seeds, as long jobs, into the files of `name` (a Path); returns the exit status.

    inputs: {option: path} of what is read. workers: see `run_trainings`. restart: begin anew. overwrite: see
    replaced.py; what is kept of an earlier run of the same is not replaced.
    """
    require_matplotlib()
    outs = {seed: file(name, f"_s{seed}") for seed in seeds}
    jobs = [training_job(out, replace(plan, seed=seed), dataset, overwrite) for seed, out in outs.items()]
    if restart:
        jobs = [replace(job, still=lambda result: False) for job in jobs]
    kept = Kept(KEPT)
    with ExitStack() as held:
        held.enter_context(reserved("--out", name, (SUMMARY,), inputs))
        for out in outs.values():
            held.enter_context(reserved("--out", out, SUFFIXES, inputs))
        refuse_older(name, (SUMMARY,), overwrite)
        for job, out in zip(jobs, outs.values()):
            if kept.result(job) is None:
                refuse_older(out, RESULTS, overwrite)
        for out in outs.values():
            check_checkpoint(out, True, restart)
        tell_classes(dataset, held_and_rest(plan, dataset)[0], plan.class_weights)
        make_folder(KEPT)
        try:
            results, failed = run_trainings("seeds", jobs, workers, kept)
        except Stopped:
            note("stopped; the same command goes on with what is left")
            return EXIT_INTERRUPTED
        done = {seed: result for seed, result in zip(outs, results) if result is not None}
        for seed in done:
            finish(outs[seed], plan)
        rows = {kind: {seed: _row(result["networks"][kind]) for seed, result in done.items()}
                for kind in ("float", "integer") if any(kind in result["networks"] for result in done.values())}
        with keeping_older(name, (SUMMARY,), overwrite):
            write_json(file(name, SUMMARY), {"plan": replace(plan, seed=0).as_dict() | {"seed": list(outs)},
                                             "networks": rows, "failed": failed})
    if done:
        console.print(seeds_table(name.name, rows))
    warn([sentence for result in done.values() for sentence in result["warnings"]])
    return complain(failed)


def _row(figures):
    return dict(zip(COLUMNS, (figures["accuracy"], figures["worst_recall"], figures["held_out"]["accuracy"],
                              figures["silent"], figures["ties"], figures["events"])))


def seeds_table(title, rows):
    """{kind of network: {seed: {column: figure}}} as a table for people, with the mean of each column and its spread,
    the standard deviation of a sample."""
    grid = Table("network", "seed", *COLUMNS, title=title, caption="accuracies are strict; the spread is the standard "
                                                                   "deviation")
    for kind, seeds in rows.items():
        table = np.array([list(row.values()) for row in seeds.values()])
        lines = dict(zip(seeds, table)) | {"mean": table.mean(axis=0)}
        if len(seeds) > 1:
            lines["spread"] = table.std(axis=0, ddof=1)
        for name, line in lines.items():
            grid.add_row(kind, str(name), *(f"{figure:{form}}" for figure, form in zip(line, COLUMNS.values())))
        grid.add_section()
    return grid


def recipe_words(name, recipe, pictures):
    """The words of a recipe, with the folder of pictures in its place."""
    words = shlex.split(recipe)
    if any("PICTURES" in word for word in words) and pictures is None:
        raise UserError(f"{name} is trained on pictures that are not part of this project; name their folder by "
                        f"--pictures")
    return [word.replace("PICTURES", pictures or "") for word in words]


def recipe_job(out, script, words):
    """The Job of the command `script`, train or quantize, with options `words`; what it writes is called `out`, and
    older files of that name are not kept."""
    return JOBS[script](out, [*words, "--out", str(out)])


def _train(out, words):
    arguments = train_options.parse("", words)
    dataset = read_training(arguments.dataset, data_choices(arguments), arguments.steps)
    return training_job(out, training_plan(wishes_of(arguments), dataset, arguments.dataset), dataset, overwrite=True)


def _quantize(out, words):
    arguments = quantize_options.parse("", words)
    network = FloatNetwork.load(arguments.float)
    network = replace(network, steps=network.steps if arguments.steps is None else arguments.steps)
    arguments.seed = seed_for(network, arguments.seed)
    name = data_name(network, arguments.float, arguments.dataset)
    dataset = data_for(network, arguments.float, name, data_choices(arguments))
    plan = finetuning_plan(wishes_of(arguments), network, dataset)
    return finetuning_job(out, plan, dataset, network, overwrite=True)


JOBS = {"train": _train, "quantize": _quantize}


SAME = ("dataset", "images", "accuracy", "silent", "ties", "events")


def held_out_of(network, words):
    """Return (Dataset, (images, labels)) of the recipe `words` (of train.py or quantize.py) of a network: its data, and
    the training images that were held out."""
    parser = argparse.ArgumentParser()
    add_dataset_arguments(parser, default=None)
    parser.add_argument("--held-out", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments, _ = parser.parse_known_args(words)
    dataset = read_dataset(arguments.dataset or network.accuracy["dataset"], data_choices(arguments), network.steps)
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], arguments.held_out or defaults.held_out(count, dataset.kind),
                       arguments.seed)
    return dataset, (dataset.train_images[held], dataset.train_labels[held])


def renew_calibration(path, words):
    """Write the calibration beside the network file `path`, chosen on the images that its recipe `words` held out;
    returns a sentence. UserError if the network reaches another accuracy on them than its file says: they are others.
    """
    network = load_network(path)
    _, (images, labels) = held_out_of(network, words)
    made = calibrated(network, images, labels, COVERAGE)
    right, stated = int((infer(network, images).classes == labels).sum()), network.accuracy["held_out"]
    if (len(labels), right / len(labels)) != (stated["images"], stated["accuracy"]):
        raise UserError(f"{path.name} says of its held-out images {stated}, found {right} right of {len(labels)}")
    write_calibration(path, made.calibration)
    return (f"{len(labels):,} held-out images; unsure below margin {made.calibration.unsure_below}, foreign below "
            f"spread {made.calibration.foreign_below}")


def renew_figures(path, words):
    """Write the header of the network file `path` with the figures that the recipe `words` (of train.py or quantize.py)
    would give it; returns a sentence. UserError where what it said of the test set was not so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--silent", type=float)
    arguments, _ = parser.parse_known_args(words)
    network = load_network(path)
    dataset, held_out = held_out_of(network, words)
    most_silent = usual_for(Wishes(silent=arguments.silent), network).silent
    found, _ = figures(network, dataset, held_out, most_silent)
    for name in SAME:
        if found.accuracy[name] != network.accuracy.get(name):
            raise UserError(f"{path.name} says of its {name} {network.accuracy.get(name)}, found "
                            f"{found.accuracy[name]}: train it again")
    found.save(path)
    return f"{found.accuracy['accuracy']:.2%} on the test set, {found.accuracy['held_out']['accuracy']:.2%} held out"
