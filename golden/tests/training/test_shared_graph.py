"""Runs of edges: every edge of the geometry is in one of them, once, and they are as long as a row of the kernel."""

import numpy as np
import pytest

from first_spike.golden.training.layer_text import blank_layers, parse
from first_spike.golden.training.shared_graph import graph_of


def unfolded(first, runs, rows=None, channels=1):
    """{(key, other, kernel place)} of all runs; rows: the order of the weights' rows in which kernel places count."""
    found = []
    for key in range(len(first) - 1):
        for other, kernel_place, many in runs[first[key]:first[key + 1]]:
            found += [(key, other + n, kernel_place + n if rows is None else rows[kernel_place + n] // channels)
                      for n in range(many)]
    assert len(set(found)) == len(found)
    return set(found)


@pytest.mark.parametrize("words, shape", [
    ("conv 3 5x5 same", (9, 8)), ("conv 2 3x4 stride 2 padding 1", (8, 9, 2)), ("conv 2 2x5 stride 3", (7, 11, 3)),
    ("conv 4 3x3 pool 2", (7, 7)), ("dense 5", (3, 4, 2)),
    ("conv 2 1x4 padding 0x2", (3, 2))])  # where one row ends and the next begins, places and columns go on
def test_runs_are_the_edges(words, shape):
    layer = blank_layers(parse(words), shape)[0]
    graph = graph_of([layer])
    channels = 1 if layer.kind == "dense" else layer.takes[2]
    ahead = unfolded(graph.ahead_first[0], graph.ahead[0], graph.rows[0], channels)
    back = unfolded(graph.back_first[0], graph.back[0])
    assert ahead == {(place, position, kernel_place) for position, place, kernel_place in back}
    assert sorted(graph.rows[0]) == list(range(len(layer.weights)))
    if layer.kind == "dense":
        assert back == {(0, place, place) for place in range(layer.inputs)} and len(graph.back[0]) == 1
        return
    (rows, columns), (y_step, x_step), (y_rim, x_rim) = layer.geometry.positions, layer.geometry.stride, \
        layer.geometry.padding
    expected = set()
    for y, x, i, j in np.ndindex(rows, columns, *layer.geometry.kernel):
        row, column = y * y_step + i - y_rim, x * x_step + j - x_rim
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            expected.add((y * columns + x, row * shape[1] + column, i * layer.geometry.kernel[1] + j))
    assert back == expected
    assert graph.back[0][:, 2].max() == min(shape[1], layer.geometry.kernel[1])
    assert graph.ahead[0][:, 2].max() == min(columns, -(-layer.geometry.kernel[1] // x_step))
