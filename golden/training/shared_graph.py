"""Which neuron reads which input by which weight: tables that spare the training kernels all geometry."""

import math
from typing import NamedTuple

import numpy as np


class Graph(NamedTuple):
    """Of each layer, tuples of int64 arrays. A place is a pixel of the map that is read, a position one of the neurons
    that count, a window one of what is handed on, without channels; a kernel place numbers the kernel's pixels. Where
    both sides count on by one, edges are one run, so that kernels walk through memory. Of a sum pool each position is a
    window, and what lies `ahead` of it is what lies ahead of its place in the map that is read.

    ahead [runs, 3]: (first position, first kernel place, how many) of each place, from ahead_first[place] to
    ahead_first[place + 1]; the kernel places as `rows` orders them. back [runs, 3]: (first place, first kernel place,
    how many) of each position, from back_first[position] on.
    windows [windows, of each]: its positions; window_of [positions]. rows [rows of weights]: in which order `ahead`
    reads the rows of the layer's weights: those of a channel together, and in a row of the kernel the columns so that
    neighbouring positions read neighbouring ones. units [neurons]: of each neuron before a sum pool the unit.
    """

    ahead: tuple
    ahead_first: tuple
    back: tuple
    back_first: tuple
    windows: tuple
    window_of: tuple
    rows: tuple
    units: tuple

    def first(self, count):
        """The Graph of the first layers alone."""
        return Graph(*(tables[:count] for tables in self))


def graph_of(layers):
    """The Graph of float or integer layers; a dense layer is the convolution whose kernel is the whole map."""
    found, summed = [], np.empty(0, np.int64)
    for layer in layers:
        ahead, first, *others = _dense(layer) if layer.kind == "dense" else _convolution(layer.geometry)
        if summed.size:
            channels = 1 if layer.kind == "dense" else layer.takes[2]
            ahead, first = _of_each(ahead, first, summed[::channels] // channels)
        summed = np.empty(0, np.int64) if layer.often == 1 else _units(layer)
        found.append((ahead, first, *others, summed))
    return Graph(*zip(*found))


def _units(layer):
    """int64 [positions * channels]: the unit of the sum pool behind that each neuron belongs to."""
    window_of = np.empty(layer.positions, np.int64)
    window_of[layer.geometry.windows] = np.arange(math.prod(layer.geometry.handed))[:, None]
    return (window_of[:, None] * layer.channels + np.arange(layer.channels)).ravel()


def _dense(layer):
    places = np.arange(layer.inputs)
    return _tables(places, np.zeros_like(places), places, layer.inputs, np.zeros((1, 1), np.int64), places, 1)


def _convolution(geometry):
    (rows, columns), width = geometry.positions, geometry.source[1]
    y, x = geometry.reached(0)[:, None, :, None], geometry.reached(1)[None, :, None, :]
    inside = (y >= 0) & (x >= 0)
    places = np.broadcast_to(y * width + x, inside.shape)[inside]
    row, column, i, j = np.nonzero(inside)
    windows = np.arange(rows * columns)[:, None] if geometry.sums else geometry.windows
    kernel = np.arange(math.prod(geometry.kernel)).reshape(geometry.kernel)
    # the next position sees a pixel one stride further to the left of its kernel
    stride = geometry.stride[1]
    order = np.concatenate([kernel[:, start::stride][:, ::-1] for start in range(stride)], axis=1)
    return _tables(places, row * columns + column, i * geometry.kernel[1] + j, math.prod(geometry.source[:2]), windows,
                   order.ravel(), geometry.source[2])


def _tables(places, positions, kernel_places, count, windows, order, channels):
    """The seven tables from the edges (arrays of one length), the number of places, the windows, the kernel's places as
    they are read, and the channels of what is read."""
    turn = np.empty(len(order), np.int64)
    turn[order] = np.arange(len(order))
    tables = [*_runs(places, positions, turn[kernel_places], count),
              *_runs(positions, places, kernel_places, windows.size)]
    window_of = np.empty(windows.size, np.int64)
    window_of[windows] = np.arange(len(windows))[:, None]
    rows = (order * channels + np.arange(channels)[:, None]).ravel()
    return tuple(np.ascontiguousarray(table, np.int64) for table in (*tables, windows, window_of, rows))


def _runs(keys, others, kernel_places, many):
    """The runs of each of `many` keys and where they begin; others are in order within a key."""
    order = np.argsort(keys, kind="stable")
    keys, others, kernel_places = keys[order], others[order], kernel_places[order]
    goes_on = (np.diff(keys) == 0) & (np.diff(others) == 1) & (np.diff(kernel_places) == 1)
    begins = np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), bool), ~goes_on]))
    lengths = np.diff(np.append(begins, len(keys)))
    return (np.stack([others[begins], kernel_places[begins], lengths], axis=1),
            np.searchsorted(keys[begins], np.arange(many + 1)))


def _of_each(runs, first, places):
    """The runs of each of these places, and where they begin."""
    counts = np.diff(first)[places]
    begins = np.concatenate([[0], np.cumsum(counts)])
    return runs[np.repeat(first[places] - begins[:-1], counts) + np.arange(begins[-1])], begins
