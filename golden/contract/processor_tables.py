"""Where the parts of a network lie in the memories of a processor: the fields of header and layers, and the tables of
the maps; see docs/howto/processor.md.
"""

import numpy as np

from first_spike.golden.contract.processor import START_ROWS


def tables(network, processor, layers):
    """(header, [slot of each PlacedLayer]) as {field: value}."""
    first, word, slots = 0, 0, []
    for layer in layers:
        starts = first + layer.folds * layer.parts * layer.inputs
        slots.append({"weights": first, "starts": starts, "inputs": layer.inputs, "folds": layer.folds - 1,
                      "word": word, "parts": layer.parts - 1} | map_fields(layer))
        first, word = starts + layer.folds * START_ROWS, word + layer.folds * layer.positions
    header = {"beats": -(-network.inputs // processor.pixels) - 1,
              "step_shift": processor.step_bits - (network.steps.bit_length() - 1), "layers": len(slots) - 1,
              "classes": len(network.classes) - 1, "class_word": slots[-1]["word"], "events": 0, "last_input": 0,
              "most_events": 0}
    if network.most_events is not None:
        header |= {"beats": 0, "events": 1, "last_input": network.inputs - 1, "most_events": network.most_events}
    return header, slots


def map_fields(layer):
    """{field: value} of a slot, beyond those of every layer; 0 where it is no map."""
    if layer.geometry is None:
        return {"positions": 0, "row_words": 0, "row_weights": 0, "column_weights": 0}
    (kernel_rows, kernel_columns), stride = layer.geometry.kernel, layer.geometry.stride
    channels = layer.geometry.source[2]
    return {"positions": layer.positions, "row_words": layer.geometry.positions[1],
            "row_weights": stride[0] * kernel_columns * channels if stride[0] < kernel_rows else 0,
            "column_weights": stride[1] * channels if stride[1] < kernel_columns else 0}


def reaches(layers, slots):
    """int64 [entries, 5]: for each input of the first map, then for each place and group of channels that a later one
    reads: the word of the position that reads it first, the word of weights that this one adds for the first of the
    channels, how many rows and how many columns of positions read it, each less one, and whether any do."""
    found = [np.zeros((0, 5), np.int64)]
    for number, (layer, slot) in enumerate(zip(layers, slots)):
        if layer.geometry is None:
            break
        channels = np.arange(layer.geometry.source[2])[::layer.lanes if number else 1]
        (y, y_count, i), (x, x_count, j) = (axis.T for axis in layer.reached)
        shape = len(y), len(x), len(channels)
        columns = layer.geometry.kernel[1]
        some = np.broadcast_to(((y_count > 0)[:, None] & (x_count > 0))[:, :, None], shape)
        entries = [slot["word"] + (y * layer.geometry.positions[1])[:, None, None] + x[:, None],
                   slot["weights"] + ((i * columns)[:, None, None] + j[:, None]) * layer.geometry.source[2] + channels,
                   (y_count - 1)[:, None, None], (x_count - 1)[:, None]]
        found.append(np.stack([np.where(some, entry, 0).ravel() for entry in entries] + [some.ravel()], axis=1))
    return np.concatenate(found)


def windows(layers, slots):
    """int64 [words, 2]: for each word of potentials of the maps the word of the pool that its window has, where that
    sums its own, and the number of its group of neurons for who reads it."""
    found = [np.zeros((0, 2), np.int64)]
    for number, (layer, slot) in enumerate(zip(layers, slots)):
        if layer.geometry is None:
            break
        (rows, columns), (pool_rows, pool_columns) = layer.geometry.positions, layer.geometry.pool
        window = (np.arange(rows)[:, None] // pool_rows * layer.geometry.handed[1]
                  + np.arange(columns) // pool_columns).ravel()
        folds = np.arange(layer.folds)[:, None]
        group = window * layer.folds + folds
        if layers[number + 1].geometry is not None:
            group = group + first_reach(layers, number + 1)
        pool = folds * layer.windows + window
        if layer.geometry.sums:
            pool = folds * layer.positions + np.arange(layer.positions)
        found.append(np.stack([slot["word"] + pool, group], axis=2).reshape(-1, 2))
    return np.concatenate(found)


def first_reach(layers, number):
    """The entry of the table of reaches at which those of a map begin."""
    return sum(_sources(layers, before) for before in range(number))


def count_reaches(layers):
    return sum(_sources(layers, number) for number, layer in enumerate(layers) if layer.geometry is not None)


def _sources(layers, number):
    """Entries of a map."""
    rows, columns, channels = layers[number].geometry.source
    return rows * columns * (-(-channels // layers[number].lanes) if number else channels)
