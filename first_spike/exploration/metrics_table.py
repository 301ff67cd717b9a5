"""The report of `metrics` for people: a table of counts, and lines of what may be spent."""

from rich import box
from rich.table import Table

from first_spike.exploration.energy import MODELS, UP5K_IDLE_MW, shown

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
