"""Trainings as long jobs: of several seeds, of several networks. What is done is kept, and what was stopped goes on."""

import glob
from contextlib import contextmanager, nullcontext
from functools import partial

from first_spike.command.output_name import file
from first_spike.golden.errors import UserError
from first_spike.golden.training.loop import Training
from first_spike.golden.training.rates import use_threads
from first_spike.jobs.jobs import Job, Large, run_jobs
from first_spike.jobs.kept import hash_of_arrays, hash_of_files, hash_of_project
from first_spike.jobs.local_workers import LocalWorkers
from first_spike.jobs.on_a_worker import seldom
from first_spike.training.results import CHECKPOINT, NETWORKS, REPORT, write_networks
from first_spike.training.stopping import stoppable, stopped


def run_trainings(title, jobs, workers, kept):
    """`run_jobs` on the workers that a context gives, such as `chosen_workers`. Trainings of this process that are
    asked to stop write their checkpoints; then Stopped is raised."""
    with workers as chosen, stoppable() if isinstance(chosen, LocalWorkers) else nullcontext():
        return run_jobs(title, jobs, chosen, kept)


def training_job(out, plan, dataset):
    """The Job of a training, from NAME.checkpoint if it is there, to the files of `write_networks`."""
    kinds = ["float"] if plan.bits is None else ["float", "integer"]
    return _job(out, plan, dataset, train, [], [*(NETWORKS[kind] for kind in kinds), REPORT])


def finetuning_job(out, plan, dataset, float_network):
    """The Job of training a FloatNetwork on at few bits, to NAME.npz."""
    return _job(out, plan, dataset, finetune, [float_network], [NETWORKS["integer"]])


def _job(out, plan, dataset, function, begun, suffixes):
    data = hash_of_arrays(*dataset.train_arrays, *dataset.test_arrays)
    decides = {"plan": plan.as_dict(), "data": data, "split": dataset.split, "begun": [net.sha256 for net in begun],
               "out": str(out.resolve()), "code": hash_of_project()}
    return Job(out.name, function, (out.name, suffixes, plan, *map(Large, (dataset, *begun))), out.parent, decides,
               tuple(glob.escape(out.name) + suffix for suffix in suffixes), partial(_is_still_there, out, suffixes))


def train(folder, report, name, suffixes, plan, dataset):
    """Do a training; returns {"networks": Result.shown, "warnings": sentences, "files": their hash}."""
    out = folder / name
    checkpoint = file(out, CHECKPOINT)
    with _one_thread():
        try:
            result = Training(plan, dataset, checkpoint, _progress(report, plan, plan.epochs),
                              stopped).run(checkpoint.exists())
        except UserError as error:
            raise UserError(f"{error}; --restart begins anew" if checkpoint.exists() else str(error)) from error
    return _done(out, suffixes, result.shown, write_networks(out, plan, result))


def finetune(folder, report, name, suffixes, plan, dataset, float_network):
    """Train on; returns a dict as `train` does."""
    with _one_thread():
        training = Training(plan, dataset, None, _progress(report, plan, 0), stopped)
        network, shown = training.figures(training.quantize(float_network))
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
