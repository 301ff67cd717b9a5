"""Series of aeon: what `first-spike train --dataset FILE.npz` reaches without another option, beside its neighbours.

`--fetch` writes the files of arrays, and measures nearest neighbours with time warping, by the aeon of another Python:
aeon asks for an older numba than this project. Without it, the files are trained on, with three seeds each.

    python3 -m venv build/aeon && build/aeon/bin/pip install aeon==1.6.0
    build/aeon/bin/python scripts/series.py --fetch build/series
    .venv/bin/python scripts/series.py build/series
"""

import argparse
import json
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401
import numpy as np

# ROCKET on the official split: github.com/angus924/rocket (UCR) and Ruiz et al. 2021 (UEA, BasicMotions), see the notes
SETS = {"ACSF1": "load_acsf1", "ArrowHead": "load_arrow_head", "BasicMotions": "load_basic_motions",
        "PickupGestureWiimoteZ": "load_pickup_gesture_wiimoteZ"}
NEIGHBOURS = "neighbours.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fetch", action="store_true", help="write the files by aeon, and measure its neighbours")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], metavar="N")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS, metavar="NAME")
    arguments = parser.parse_args()
    if arguments.fetch and find_spec("aeon") is None:
        parser.error("--fetch needs aeon, in a Python of its own: build/aeon/bin/pip install aeon==1.6.0")
    if arguments.fetch:
        fetch(arguments)
    else:
        from first_spike.command.cli import run
        run(lambda: train(arguments))


def fetch(arguments):
    from aeon import datasets
    from aeon.classification.distance_based import KNeighborsTimeSeriesClassifier
    arguments.folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name in arguments.sets:
        (x_train, y_train), (x_test, y_test) = (getattr(datasets, SETS[name])(split=part) for part in ("train", "test"))
        nearest = KNeighborsTimeSeriesClassifier(distance="dtw", n_neighbors=1).fit(x_train, y_train)
        found[name] = float((nearest.predict(x_test) == y_test).mean())
        classes = np.unique(y_train)
        length = max(one.shape[-1] for part in (x_train, x_test) for one in part)
        np.savez(arguments.folder / f"{name}.npz", x_train=channels_last(x_train, length), classes=classes.astype(str),
                 x_test=channels_last(x_test, length), y_train=np.searchsorted(classes, y_train),
                 y_test=np.searchsorted(classes, y_test))
        print(f"{name}: nearest neighbour with time warping {found[name]:.1%}", flush=True)
    (arguments.folder / NEIGHBOURS).write_text(json.dumps(found))


def channels_last(series, length):
    """float64 [n, length, channels] of series [channels, own length], NaN behind their ends."""
    made = np.full((len(series), length, series[0].shape[0]), np.nan)
    for one, own in zip(made, series):
        one[:own.shape[1]] = own.T
    return made


def train(arguments):
    import first_spike as fs
    path = arguments.folder / NEIGHBOURS
    neighbours = json.loads(path.read_text()) if path.exists() else {}
    means = []
    for name in arguments.sets:
        rows = []
        for seed in arguments.seeds:
            network = fs.train(str(arguments.folder / f"{name}.npz"), seed=seed)
            found = network.accuracy
            rows.append([found["held_out"]["accuracy"], found["accuracy"], found["silent"], found["ties"]])
            print(f"{name}, seed {seed}: " + said(rows[-1]), flush=True)
        means.append([*np.mean(rows, axis=0), neighbours.get(name, np.nan)])
        print(f"{name}, mean: {said(means[-1])}, time warping {means[-1][-1]:.1%}")
    print(f"all: {said(np.mean(means, axis=0))}, time warping {np.mean(means, axis=0)[-1]:.1%}")


def said(row):
    return "held out {:.1%}, test {:.1%}, silent {:.1%}, ties {:.1%}".format(*row[:4])


if __name__ == "__main__":
    main()
