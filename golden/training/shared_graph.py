"""Which neuron reads which input by which weight: tables that spare the training kernels all geometry."""

import math
from typing import NamedTuple

import numpy as np


class Graph(NamedTuple):
    """Of each layer, tuples of int64 arrays. A place is a pixel of the map that is read, a position one of the neurons
    that count, a window one of what is handed on, without channels; a kernel place numbers the kernel's pixels.

    ahead [edges, 2]: (position, kernel place) of each place, from ahead_first[place] to ahead_first[place + 1].
    back [edges, 2]: (place, kernel place) of each position, from back_first[position] on.
    windows [windows, of each]: its positions; window_of [positions].
    """

    ahead: tuple
    ahead_first: tuple
    back: tuple
    back_first: tuple
    windows: tuple
    window_of: tuple


def graph_of(layers):
    """The Graph of float or integer layers; a dense layer is the convolution whose kernel is the whole map."""
    return Graph(*zip(*(_dense(layer) if layer.kind == "dense" else _convolution(layer.geometry) for layer in layers)))


def _dense(layer):
    places = np.arange(layer.inputs)
    return _tables(places, np.zeros_like(places), places, layer.inputs, np.zeros((1, 1), np.int64))


def _convolution(geometry):
    (rows, columns), width = geometry.positions, geometry.source[1]
    y, x = geometry.reached(0)[:, None, :, None], geometry.reached(1)[None, :, None, :]
    inside = (y >= 0) & (x >= 0)
    places = np.broadcast_to(y * width + x, inside.shape)[inside]
    row, column, i, j = np.nonzero(inside)
    grid = np.arange(rows * columns).reshape(geometry.handed[0], geometry.pool[0], geometry.handed[1], geometry.pool[1])
    windows = grid.transpose(0, 2, 1, 3).reshape(-1, math.prod(geometry.pool))
    return _tables(places, row * columns + column, i * geometry.kernel[1] + j, math.prod(geometry.source[:2]), windows)


def _tables(places, positions, kernel_places, count, windows):
    """The six tables from the edges (arrays of one length), the number of places and the windows."""
    tables = []
    for keys, others, many in ((places, positions, count), (positions, places, windows.size)):
        order = np.argsort(keys, kind="stable")
        tables += [np.stack([others[order], kernel_places[order]], axis=1),
                   np.searchsorted(keys[order], np.arange(many + 1))]
    window_of = np.empty(windows.size, np.int64)
    window_of[windows] = np.arange(len(windows))[:, None]
    return tuple(np.ascontiguousarray(table, np.int64) for table in (*tables, windows, window_of))
