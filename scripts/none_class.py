"""What a class "none" learns: a network of MNIST trained with and without it, on digits and on outliers.

The class gets as many outliers as a digit has images, of the kinds that are shown in training, in equal parts. Both
trainings have the same options, and one seed. Writes a report as JSON, and prints a table for the documentation.

    .venv/bin/python scripts/none_class.py --shown noise sparse inverted other --out build/none_class.json
"""

import argparse
from dataclasses import replace

if __name__ == "__main__":
    import entry  # noqa: F401
import numpy as np

import first_spike as fs
from first_spike.command.cli import console, run, write_json
from first_spike.command.option_values import output_file, positive
from first_spike.command.places import check_places
from first_spike.command.provenance import made_by
from first_spike.golden.data.outliers import KINDS, make_outliers

NONE = "none"
TRAINING, TEST = 1, 2  # seeds of outliers


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    digits, clothes = fs.dataset("mnist"), fs.dataset("fashion")
    plain = train(digits, arguments)
    made = train(with_none(digits, clothes, arguments.shown), arguments)
    test = ("digits", digits.test_images), *(
        (kind, make_outliers(kind, digits.test_images, 2000, TEST, clothes.test_images)) for kind in KINDS)
    report = {"made_by": made_by(), "shown": arguments.shown, "accuracy": {}, "rows": {}}
    for name, network in (("without", plain), (NONE, made)):
        right = fs.infer(network, digits.test_images).classes == digits.test_labels
        report["accuracy"][name] = float(right.mean())
        console.print(f"{name}: {right.mean():.2%} of the digits right")
    console.print("\n| images | shown | named none, % | foreign without the class, % | none or foreign with it, % |")
    console.print("|---|---|---|---|---|")
    for kind, images in test:
        found = fs.infer(made, images)
        named = found.classes == made.classes.index(NONE)
        foreign = fs.infer(plain, images).confidence(plain).foreign
        either = named | found.confidence(made).foreign
        report["rows"][kind] = {"none": float(named.mean()), "foreign": float(foreign.mean()),
                                "either": float(either.mean())}
        shown = "" if kind == "digits" else "yes" if kind in arguments.shown else "no"
        console.print(f"| {kind} | {shown} | {100 * named.mean():.1f} | {100 * foreign.mean():.1f} | "
                      f"{100 * either.mean():.1f} |")
    if arguments.out:
        write_json(arguments.out, report)


def train(dataset, arguments):
    return fs.train(dataset, hidden=128, epochs=arguments.epochs, finetune=arguments.epochs // 5, thin="quarter",
                    augment="digits", settings={"endless": 0.1, "output_rate": 1e-3}, calibrate=True)


def with_none(digits, clothes, kinds):
    """The Dataset with a class more, of outliers; its test images are the digits alone."""
    count = len(digits.train_images) // len(digits.classes) // len(kinds)
    added = np.concatenate([make_outliers(kind, digits.train_images, count, TRAINING, clothes.train_images)
                            for kind in kinds])
    labels = np.full(len(added), len(digits.classes))
    return replace(digits, train_images=np.concatenate([digits.train_images, added]),
                   train_labels=np.concatenate([digits.train_labels, labels]), classes=(*digits.classes, NONE),
                   name="mnist with outliers")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shown", nargs="+", choices=KINDS, required=True, metavar="KIND",
                        help=f"outliers that are shown in training: {', '.join(KINDS)}")
    parser.add_argument("--epochs", type=positive, default=40, metavar="N", help="epochs in float (default: 40)")
    parser.add_argument("--out", type=output_file, metavar="FILE", help="write the report as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
