"""What an inference asks for as a report: counts by layer, NeuroBench's names, and what that may cost in joules.

The report of `metrics` for people: a table of counts, and lines of what may be spent.
"""

from rich import box
from rich.table import Table

from first_spike.comparison.table import statistics
from first_spike.exploration.energy import MODELS, UP5K_IDLE_MW, Work, estimates, require_above_zero, shown
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import connections, memory_words, operations
from first_spike.golden.schedule.cycles import predict
from first_spike.rtl_model.shape.kinds import layer_shapes

UNMEASURED = "estimated, not measured"


def metrics(subject, images, inference=None, rate=None, clock=None, cells=None):
    """What images ask for, of a Network or a Design: a dict, ready for JSON, as `first_spike.metrics` says.

    inference: `infer` of the images, of the whole run, if it is at hand. Raises UserError for another network,
    and unless rate, clock and cells are above 0.
    """
    require_above_zero(rate=rate, clock=clock, cells=cells)
    rate, clock, cells = (one if one is None else float(one) for one in (rate, clock, cells))
    network = require_integers(subject.network if isinstance(subject, Design) else subject)
    inference = infer(network, images) if inference is None else inference
    found = operations(network, images, inference)
    if isinstance(subject, Design):
        words = memory_words(subject, images, inference)
        work = work_of(subject, found, words, predict(subject, images, inference).interval.mean(), cells)
    else:
        words, work = len(found) * (None,), work_of_network(network, found)
    return {"images": len(images), "neurobench": neurobench(network, found),
            "layers": [_layer(*parts) for parts in zip(found, words, _shapes(subject), strict=True)],
            "energy_estimated": {"note": UNMEASURED, "rate": rate,
                                 "models": {name: one and one._asdict()
                                            for name, one in estimates(work, rate, clock).items()}}}


def require_integers(network):
    """The network, if it is one in integers, else UserError."""
    if not isinstance(network, Network):
        raise UserError("operations are counted of networks in integers: quantize it first")
    return network


def neurobench(network, found):
    """The figures that NeuroBench 2.3 has a name for, under these, of Operations; means of an image.

    Footprint: bytes, a weight in one and a threshold in four, as a network's file has them. Activations are what layers
    hand on, in all steps, none of them after the decision.
    """
    layers, images = network.layers, len(found[0].spikes)
    zeros = sum(int((layer.weights == 0).sum()) for layer in layers)
    weights = sum(layer.weights.size for layer in layers)
    spikes = [int(layer.spikes.sum()) for layer in found]
    places = [images * network.steps * layer.neurons for layer in layers]
    return {"ParameterCount": weights + sum(layer.thresholds.size for layer in layers),
            "Footprint": sum(layer.weights.nbytes + layer.thresholds.nbytes for layer in layers),
            "ConnectionSparsity": zeros / weights,
            "ActivationSparsity": (sum(places) - sum(spikes)) / sum(places),
            "ActivationSparsityByLayer": [(room - some) / room for room, some in zip(places, spikes)],
            "SynapticOperations": {"Effective_MACs": 0.0,
                                   "Effective_ACs": sum(int(layer.effective.sum()) for layer in found) / images,
                                   "Dense": float(network.steps * sum(map(connections, layers)))}}


def work_of(design, found, words, cycles, cells=None):
    """The Work of a Design, of Operations and MemoryWords; cycles: of an image, in the mean; cells: that it has."""
    bits = 0
    for one, shape in zip(words, layer_shapes(design), strict=True):
        bits += float(one.weights.mean()) * one.weights_side_by_side * shape.weight_bits
        if not one.in_registers:
            bits += 2 * float(one.potentials.mean()) * one.lanes * shape.potential_bits
    return Work(*_added(found), bits, float(cycles), cells)


def work_of_network(network, found):
    """The Work of a Network whose weights and potentials all lie in memory, each addition for itself."""
    bits = sum(float(one.additions.mean()) * (shape.weight_bits + 2 * shape.potential_bits)
               for one, shape in zip(found, _shapes(network), strict=True))
    return Work(*_added(found), bits)


def _added(found):
    return tuple(sum(float(getattr(layer, name).mean()) for layer in found) for name in ("additions", "effective"))


def _shapes(subject):
    return layer_shapes(subject if isinstance(subject, Design) else Design(subject))


def _layer(found, words, shape):
    """One layer of the report."""
    report = {"spikes_in": statistics(found.arriving), "spikes": statistics(found.spikes),
              "synaptic_additions": statistics(found.additions), "effective_additions": statistics(found.effective),
              "potential_reads": statistics(found.additions), "potential_writes": statistics(found.additions),
              "weight_bits": shape.weight_bits, "potential_bits": shape.potential_bits}
    if words is None:
        return report
    accesses = None if words.in_registers else statistics(words.potentials)
    return report | {"weight_words": statistics(words.weights),
                     "weight_word_bits": words.weights_side_by_side * shape.weight_bits,
                     "potential_words": accesses, "potential_word_bits": words.lanes * shape.potential_bits,
                     "potential_words_at_most": words.shared and not words.in_registers}


LAYERS = {"spikes_in": "spikes in", "spikes": "spikes", "synaptic_additions": "additions",
          "effective_additions": "effective", "weight_words": "weight words", "potential_words": "potential words"}
REGISTERS = "registers"


def operations_table(title, report):
    """The rich Table of a report of `metrics`: of each layer means of an image, and the 99th percentile behind."""
    named = report["neurobench"]
    table = Table(title=f"{title}, on {report['images']:,} images", title_justify="left", box=box.SIMPLE_HEAD,
                  show_edge=False, pad_edge=False, caption_justify="left", caption=(
        "up to the decision: mean of an image, and 99th percentile; effective: additions whose weight is not 0; words: "
        f"of memory, read (potentials: and written), and their bits\n"
        f"NeuroBench: {', '.join(f'{name} {_shown(figure)}' for name, figure in named.items())}"))
    table.add_column("layer")
    for name in LAYERS.values():
        table.add_column(name, justify="right")
    for number, layer in enumerate(report["layers"]):
        table.add_row(str(number), *(_cell(layer, name) for name in LAYERS))
    return table


def energy_lines(report):
    """A line for each model, each with the word "estimated"."""
    energy, lines = report["energy_estimated"], []
    for name, found in energy["models"].items():
        if found is None:
            figure = f"no estimate: it needs {MODELS[name].needs}"
        else:
            figure = f"estimated {shown(found['uj'])} uJ an image"
            if found["mw"]:
                figure += f", {shown(found['mw'])} mW at {energy['rate']:g} images a second"
            if found["idle_mw"]:
                figure += (f", {shown(found['idle_mw'])} mW while nothing comes ({UP5K_IDLE_MW:.2g} for a blank device "
                           "without a clock)")
        lines.append(f"{name}: {figure}; {MODELS[name].says}")
    return lines


def _cell(layer, name):
    if name not in layer:
        return "–"
    found = layer[name]
    if found is None:
        return REGISTERS
    most = "<= " if name == "potential_words" and layer["potential_words_at_most"] else ""
    bits = f" x {layer[name[:-1] + '_bits']:,}" if name.endswith("words") else ""
    return f"{most}{found['mean']:,.1f} ({found['p99']:,}){bits}"


def _shown(figure):
    if isinstance(figure, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in figure.items())
    if isinstance(figure, list):
        return ", ".join(map(_shown, figure))
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:,.4f}" if figure < 1 else f"{figure:,.1f}"
