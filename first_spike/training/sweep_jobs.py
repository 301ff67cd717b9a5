"""A sweep over bits and steps as long jobs, one for each number of bits."""

from dataclasses import replace

from first_spike.golden.quantization.sweep import sweep
from first_spike.jobs.jobs import Job, Large, run_jobs
from first_spike.jobs.kept import Kept, hash_of_arrays, hash_of_project


def sweep_all(network, dataset, held_images, held_labels, bits, steps, most_silent, workers, folder):
    """(rows as of `sweep`, a sentence for each number of bits that failed); what is done is kept in the `folder`."""
    tested = replace(dataset, train_images=dataset.train_images[:0], train_labels=dataset.train_labels[:0])
    decides = {"network": network.sha256, "steps": steps, "silent": most_silent, "dataset": dataset.name,
               "images": hash_of_arrays(dataset.test_images, dataset.test_labels, held_images, held_labels),
               "code": hash_of_project()}
    shared = [Large(value) for value in (network, tested, held_images, held_labels)]
    results, failed = run_jobs("bits", [
        Job(str(width), sweep_bits, (width, steps, most_silent, *shared), decides=decides | {"bits": width})
        for width in bits], workers, Kept(folder))
    return [row for rows in results if rows is not None for row in rows], failed


def sweep_bits(folder, report, width, steps, most_silent, network, dataset, held_images, held_labels):
    """The rows of `sweep` for one number of bits."""
    done = iter(range(1, len(steps) + 1))
    return sweep(network, dataset, held_images, held_labels, [width], steps, most_silent,
                 lambda: report(next(done) / len(steps)))
