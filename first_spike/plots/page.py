"""The page with all pictures: one HTML file without a script, for wide and narrow windows. Whatever text comes from a
file is escaped.

The folder of a page: index.html, its pictures and look.json with the figures, replaced as a whole.

What is on the page: pictures are drawn into its folder, and the sections with them are given back.

The figures behind the pictures as plain values, for a JSON file.
"""

import html
import json
from pathlib import Path

import numpy as np

from first_spike.command.cli import error_console, write_json
from first_spike.command.figure import save_figure
from first_spike.comparison.confidence import doubts, most_doubtful, shown_doubt
from first_spike.golden.errors import UserError, printable
from first_spike.golden.files import replacing_folder
from first_spike.plots.confidence import draw_confidence
from first_spike.plots.many_images import (
    SHOWN,
    confusion,
    decision_counts,
    draw_confusion,
    draw_decision_times,
    draw_spikes,
    mistakes,
)
from first_spike.plots.one_image import (
    draw_listening,
    draw_potentials,
    draw_raster,
    is_series,
    what_is_seen,
    write_subject,
)
from first_spike.plots.run import layer_name

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 0 auto; padding: 0 12px 40px;
       max-width: 1320px; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 20px 0 8px; }
h2 { font-size: 1.2rem; margin: 32px 0 8px; padding-top: 12px; border-top: 1px solid #ccc; }
nav a { margin-right: 14px; white-space: nowrap; }
p { max-width: 46em; margin: 8px 0; }
table { border-collapse: collapse; margin: 8px 0; }
td { padding: 2px 16px 2px 0; vertical-align: top; }
td + td { font-variant-numeric: tabular-nums; }
.pictures { columns: 360px; column-gap: 28px; }
.pictures > * { break-inside: avoid; margin-bottom: 20px; }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 16px 12px; }
figure { margin: 0; }
figure img { width: 100%; height: auto; display: block; }
figcaption { font-size: 0.875rem; color: #444; margin-top: 4px; }
.pixels img { image-rendering: pixelated; max-width: 280px; border: 1px solid #ddd; }
.wrong { color: #b00000; font-weight: 600; }
"""


def escape(text):
    """Return a plain text as HTML; control characters, which may turn a line around, are shown escaped."""
    return html.escape(printable(text))


def figure(file, caption, pixels=False):
    """HTML of a picture, which leads to its file, with a caption (plain text); pixels: it is small and is shown with
    sharp pixels."""
    kind = ' class="pixels"' if pixels else ""
    return (f'<figure{kind}><a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(caption)}" loading="lazy">'
            f"</a><figcaption>{escape(caption)}</figcaption></figure>")


def table(rows):
    """HTML of (name, value) in rows."""
    lines = [f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows]
    return "\n".join(["<table>", *lines, "</table>"])


def paragraph(text, wrong=False):
    """HTML of a plain text."""
    kind = ' class="wrong"' if wrong else ""
    return f"<p{kind}>{escape(text)}</p>"


def block(pictures, small=False):
    """HTML of figures side by side, as many as the window has room for."""
    return "\n".join([f'<div class="{"small" if small else "pictures"}">', *pictures, "</div>"])


def page(title, sections):
    """The whole page; sections: (title, [HTML]) in their order, the first without a title of its own."""
    names = [name for name, _ in sections if name]
    links = [f'<a href="#part{number}">{escape(name)}</a>' for number, name in enumerate(names)]
    lines = ["<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
             '<meta name="viewport" content="width=device-width, initial-scale=1">',
             f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", "</head>", "<body>",
             f"<h1>{escape(title)}</h1>", f"<nav>{' '.join(links)}</nav>"]
    for name, parts in sections:
        if name:
            lines.append(f'<h2 id="part{names.index(name)}">{escape(name)}</h2>')
        lines += parts
    return "\n".join([*lines, "</body>", "</html>", ""])


SURE = ("runner_up", "margin", "spread", "probability", "unsure", "foreign")  # of an image
PAGE, FIGURES = "index.html", "look.json"
KIND = "pictures of a network"


def replacing_page(out):
    """Give an empty folder for a page; it becomes `out` only if the block ends without error. Raises UserError if `out`
    is neither new, nor empty, nor an older page and nothing else, or cannot be written."""
    return replacing_folder(out, _own_files, "a page of pictures")


def write_page(folder, text, figures):
    """Write the page and its figures, a dict, beside the pictures in `folder`; it then knows its files."""
    (folder / PAGE).write_bytes(text.encode())
    files = sorted([FIGURES, *(path.name for path in folder.iterdir())])
    write_json(folder / FIGURES, {"content": KIND, "files": files, **figures})


def _own_files(folder):
    path = Path(folder, FIGURES)
    try:
        content = json.loads(path.read_text())
        if content["content"] == KIND and all(isinstance(name, str) for name in content["files"]):
            return set(content["files"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not one of ours
        pass
    raise UserError(f"{folder} holds something else than a page of pictures")


def one_image_section(folder, run):
    """The image to look at: itself, its spikes, the potentials of the output."""
    subject = write_subject(folder, "image", run, run.index)
    save_figure(draw_raster(run), folder / "raster.svg", dpi=200)
    save_figure(draw_potentials(run), folder / "potentials.svg")
    events, inputs = run.network.most_events is not None, "pixels"
    seen = sentence(run, run.index)
    if events:
        inputs = "inputs"
        seen += " The first event of each pixel, the earlier the brighter" + (
            ": polarity 1 in red, 0 in blue, both in white." if run.network.image_shape[2:] == (2,) else ".")
    return f"{run.name.capitalize()} {run.index}", [block([
        figure(subject, seen, pixels=not is_series(run.network)),
        figure("raster.svg", f"Every spike: the input's, of {inputs} that some neuron listens to, then each layer's. "
                             f"Red: the decision; pale: later spikes, which hardware does not work on."),
        figure("potentials.svg", "Potentials of the output at the end of each step; in colour the classes that come "
                                 "first at the decision.")])]


def sentence(run, image):
    """What an image is and was named."""
    classes, result = run.network.classes, run.result
    label = "" if run.chosen.labels is None else f"labelled {classes[run.chosen.labels[image]]}, "
    when = ("without an output spike, by the largest potential" if result.silent[image] else
            f"in step {result.decision_time[image]}{' after a tie' if result.tie[image] else ''}")
    return (f"{run.name.capitalize()} {image}: {label}named {classes[result.classes[image]]} {when}, "
            f"{shown_doubt(classes, run.doubt(image))}.")


def all_images_section(folder, run):
    """Decision times, spikes and the confusion matrix."""
    save_figure(draw_decision_times(run), folder / "decision_times.svg")
    save_figure(draw_spikes(run), folder / "spikes.svg")
    name = run.name
    pictures = [figure("decision_times.svg", f"When {name}s are decided; silent: without an output spike."),
                figure("spikes.svg", f"Spikes of {'an' if name[0] in 'aeiou' else 'a'} {name} up to its decision: the "
                                     f"input's, then each layer's; on the vertical axis {name}s, in orange the mean.")]
    if run.chosen.labels is not None:
        save_figure(draw_confusion(run), folder / "confusion.svg")
        pictures.append(figure("confusion.svg", f"{name.capitalize()}s by true class (rows) and predicted class "
                                                "(columns)."))
    return f"All {len(run.chosen.images):,} {name}s", [block(pictures)]


def doubts_section(folder, run):
    """The images of the smallest margins, SHOWN of them as pictures, with the curves of errors and probabilities."""
    classes, pictures = run.network.classes, []
    parts = [paragraph(f"The {run.name}s of the smallest margins come first: the margin is the largest less the second "
                       f"largest output potential at the end of the decision step. "
                       + ("Probabilities are those of the network's calibration." if run.network.calibration else
                          "The network has no calibration, so there are no probabilities."))]
    if run.chosen.labels is not None:
        save_figure(draw_confidence(run), folder / "confidence.svg")
        parts.append(block([figure("confidence.svg", f"Error among the {run.name}s of the largest margins" + (
            "; below it the share right over the mean probability." if run.network.calibration else "."))]))
    for doubt in doubtful(run):
        file = write_subject(folder, f"doubtful_{doubt['image']}", run, doubt["image"], bare=True)
        known = "" if doubt["label"] is None else f"{classes[doubt['label']]}, "
        pictures.append(figure(file, f"{doubt['image']}: {known}named {classes[doubt['named']]}, "
                                     f"{shown_doubt(classes, doubt)}", pixels=not is_series(run.network)))
    return "The most doubtful", [*parts, block(pictures, small=True)]


def doubtful(run):
    """What `doubts` of first_spike/comparison/confidence.py gives for the SHOWN images of the smallest margins."""
    return doubts(run.network, run.chosen.labels, run.result, most_doubtful(run.result)[:SHOWN])


def mistakes_section(folder, run):
    """The images that went wrong with their runner-up; SHOWN of them as pictures."""
    made, classes = mistakes(run), run.network.classes
    if not made:
        return "What went wrong", [paragraph(f"No {run.name} was named wrong." if run.chosen.labels is not None else
                                             "Without labels nothing is known to be wrong.")]
    right = sum(mistake.runner_up == mistake.label for mistake in made)
    text = (f"{len(made):,} of {len(run.chosen.images):,} {run.name}s were named wrong; of {right:,} of them the "
            f"runner-up was right." + (f" The first {SHOWN}:" if len(made) > SHOWN else ""))
    pictures = []
    for mistake in made[:SHOWN]:
        file = write_subject(folder, f"wrong_{mistake.image}", run, mistake.image, bare=True)
        when = "silent" if run.result.silent[mistake.image] else f"step {mistake.decision_time}"
        pictures.append(figure(file, f"{mistake.image}: {classes[mistake.label]}, named {classes[mistake.named]} "
                                     f"({when}); runner-up {classes[mistake.runner_up]}, {mistake.lost_by:g} behind",
                               pixels=not is_series(run.network)))
    return "What went wrong", [paragraph(text), block(pictures, small=True)]


def listening_section(folder, network):
    """What the neurons or kernels of each layer listen to."""
    pictures = []
    for number in range(len(network.layers)):
        file = f"weights_{number}.svg"
        save_figure(draw_listening(network, number), folder / file)
        seen = what_is_seen(network, number)
        pictures.append(figure(file, f"{layer_name(network, number).capitalize()}: {seen}."))
    return "What the layers listen to", [block(pictures)]


def sections(folder, run):
    """The sections of a page without a comparison, their pictures drawn into `folder`."""
    with error_console.status("drawing"):
        return [one_image_section(folder, run), all_images_section(folder, run), doubts_section(folder, run),
                mistakes_section(folder, run), listening_section(folder, run.network)]


def figures_of(run):
    """What the pictures of a Run show: of one image, and of all."""
    counts, wrong = decision_counts(run)
    return {
        "image": one_image(run),
        "decided_in_step": counts.tolist(),
        "decided_wrong_in_step": None if wrong is None else wrong.tolist(),
        "spikes_to_decision": [{"least": int(spikes.min()), "mean": float(spikes.mean()), "most": int(spikes.max())}
                               for spikes in run.spike_counts],
        "confusion": None if run.chosen.labels is None else confusion(run).tolist(),
        "doubtful": doubtful(run),
        "mistakes": [mistake._asdict() for mistake in mistakes(run)],
    }


def one_image(run):
    """The image or recording to look at: what was made of it, every spike of the input as [input, step], the spike time
    of each neuron of each layer (None where silent), and the potentials of the output, a list a step."""
    index, result, steps = run.index, run.result, run.network.steps
    _, inputs, times = run.trains()[0]
    return {
        "index": index,
        "label": None if run.chosen.labels is None else int(run.chosen.labels[index]),
        "class": int(result.classes[index]),
        "decision_time": int(result.decision_time[index]),
        "silent": bool(result.silent[index]),
        "tie": bool(result.tie[index]),
        **{name: value for name, value in run.doubt(index).items() if name in SURE},
        "input_spikes": np.stack([inputs, times], axis=1).tolist(),
        "spike_times": [[int(time) if time < steps else None for time in layer[index]]
                        for layer in result.spike_times],
        "potentials": run.potentials().tolist(),
    }
