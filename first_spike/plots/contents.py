"""What is on the page: pictures are drawn into its folder, and the sections with them are given back."""

from first_spike.command.cli import error_console
from first_spike.command.figure import save_figure
from first_spike.plots.listening import draw_listening, what_is_seen
from first_spike.plots.many_images import draw_confusion, draw_decision_times, draw_spikes
from first_spike.plots.mistakes import SHOWN, mistakes
from first_spike.plots.one_image import draw_potentials, draw_raster, is_series, write_subject
from first_spike.plots.page import block, figure, paragraph
from first_spike.plots.sheet import layer_name


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
    return f"{run.name.capitalize()} {image}: {label}named {classes[result.classes[image]]} {when}."


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
        pictures.append(figure("confusion.svg", f"{name.capitalize()}s by label (rows) and by name (columns)."))
    return f"All {len(run.chosen.images):,} {name}s", [block(pictures)]


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
        return [one_image_section(folder, run), all_images_section(folder, run), mistakes_section(folder, run),
                listening_section(folder, run.network)]
