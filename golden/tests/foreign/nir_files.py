"""NIR files for tests: by the package nir, and by h5py what that package would not write."""

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")
nir = pytest.importorskip("nir")


def neurons(threshold, r=1.0, shape=(3,)):
    """An IF node; numbers are those of all its neurons."""
    full = [np.broadcast_to(np.asarray(value, float), shape).copy() for value in (r, threshold)]
    return nir.IF(*full, np.zeros(shape))


def two_layers(rng, inputs=12, hidden=5, classes=3):
    """Nodes of a dense graph, names in the order of the chain."""
    return {"input": nir.Input(np.array([inputs])), "fc1": nir.Linear(rng.normal(size=(hidden, inputs))),
            "if1": neurons(1.5, shape=(hidden,)), "fc2": nir.Linear(rng.normal(size=(classes, hidden))),
            "if2": neurons(0.75, shape=(classes,)), "output": nir.Output(np.array([classes]))}


def write(path, nodes, edges=None, metadata=None):
    """Write a graph, a chain where there are no edges; gives the path."""
    names = list(nodes)
    nir.write(path, nir.NIRGraph(nodes, edges or list(zip(names, names[1:])), metadata or {}, type_check=False))
    return path


def change(path, place, value):
    """Put another value in the place of one in the file; None removes it."""
    with h5py.File(path, "r+") as file:
        if place in file:
            del file[place]
        if value is not None:
            file[place] = value
    return path
