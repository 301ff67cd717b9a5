"""How many cycles the accelerator takes, without simulating it.

The rules, each with its reason:

1.  Loading: a beat a cycle, without a pause between images. Two buffers: an image is loaded while the one before is
    drained; with both of them complete the next beat waits until three cycles after a decision.
2.  The first step: a beat with spikes of it goes into a queue past the lists, and so does an image's last beat. What is
    queued can be given four cycles after its beat was taken, a beat a cycle. An image begins three cycles after the
    decision of the one before, complete or not, and each way gives a spike of its first step a cycle. The step closes
    with its last spike once all of the image is there, five cycles after the last beat at the earliest, and with a
    transfer of its own if that spike has left by then. Behind registers (`whole`) images begin when they are complete.
    Where rule 7 has a verdict of more than four cycles, the next image waits for the verdict.
3.  The steps behind it are drained from lists: each way gives an event a cycle, which is on its way for two: a bank is
    chosen, then its row is sent. A bank (the pixels of one place of the beat) can be chosen every third cycle, since
    its next entry comes from block RAM with a register behind, addressed when what was chosen moves on. The two halves
    of a way's banks take turns; in a half the lists that go on come first, then the lower number.
4.  The next non-empty step opens in the cycle in which the last event of a step is chosen, or one later behind the
    first step, but three cycles after the step before at the earliest, since its heads have to be fetched, and not
    before the last event of the step before that has moved on. Pixels of which all weights are zero are not among the
    events (unless the image has more than 1,024 beats, or weights have two banks).
5.  A layer works on a transfer for as many cycles as it has folds. From a transfer to the outcome of its step: one
    register each for the address (with folds), for the sum of more than two ways, for the weights and for the
    potential, and two for block RAM (more than 64 words), one at its output and one that catches the word.
6.  The serializer takes a step's fired neurons from its queue in one cycle, seeks the first word of four in the next
    and begins in the third; every way gives a spike a cycle, so a step takes as many cycles as its busiest way. The
    next one is taken as soon as no way needs the present one any more. A step without spikes takes a cycle there, and
    none behind it; with folds, a fold without spikes is not even queued. What waits stands in a queue; where the queue
    could overflow it holds its layer when half full.
7.  The image is decided when the outcome of the decision step arrives. The result is offered after the tree that finds
    the largest potential: one cycle a level, one more with folds (these make the verdict), one for the result queue.
    All else is dropped at once. Two results may wait for the sink; the next image begins only while
    there is room for its own.

8.  A convolution of several positions visits them for each spike, row by row, a word of lanes a cycle; the first of a
    spike is chosen three cycles after the spike was taken, or behind the last of the spike before. What is chosen
    waits for two cycles, longer if a word ahead of it that it needs is not back in memory (limits.py: WORD_DISTANCE,
    WINDOW_DISTANCE; the window of the test directly ahead is handed over), and takes eight more. A visit that lifts a
    potential above its threshold makes its word a candidate, once, four cycles later at the earliest. Behind the last
    visit of a step the candidates are tested, first come first; when none is left and no visit is under way, a mark
    follows. What fires, and the mark, reach the serializer seven cycles after they ceased to wait; both wait while its
    queue is half full. An image begins with some words that are emptied, a reset with all of them.

9.  Events come a beat a cycle and need no loading: each is on its way a cycle after the beat behind it was taken, the
    last of a frame two cycles after its own beat. Beats wait while a transfer is not taken, and from the last one
    of a frame to its decision. What a frame has left two cycles after its decision is dropped, a beat a cycle; from
    then on the next one's first beat is taken, if there is room for its result.
10. Where a convolution works on a row of its kernel in a cycle, a visit is a row of positions, one column in each bank,
    in the order of the rows' numbers modulo the kernel's rows a stride. It is as above with five cycles behind what
    waits instead of eight; what fires reaches the serializer after five, and a candidate its queue after seven. Words
    of the same row in the same bank count as one word ahead (ROW_WORD_DISTANCE), and a visit waits for any test that is
    near (WINDOW_DISTANCE). A candidate has several banks, which are tested one after the other. An image begins when
    its half of the memories is empty; the other is emptied in cycles in which nothing is issued.

11. Where wide beats of the stream are cut, the first part is there a cycle after its beat was taken, the others behind
    it, a cycle each, without a pause between beats.

Source and sink are taken to be always ready: stalls are outside this model.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.limits import LISTENED_BEATS, ROW_SETTLE
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import check_images, take_in
from first_spike.golden.schedule.first_step import beats_of, no_beats
from first_spike.golden.schedule.kernel import run
from first_spike.golden.schedule.layers import describe
from first_spike.golden.schedule.maps import make_maps

SWEPT = 1 << 40  # words that a convolution has emptied since the reset, of an idle core: more than there are
SWEPT_BEFORE_EVENTS = 0  # the first beat of a recording is taken at once


@dataclass(frozen=True)
class Cycles:
    """What `predict` gives, int64 [n] each.

    valid: cycle in which result n is offered, for images back to back; the first beat of the first is taken in cycle 0.
    interval: cycles since the result before, for the first since its first beat.
    """

    valid: np.ndarray
    interval: np.ndarray


def predict(design, images, inference, idle=False, before=0, whole=False):
    """The exact Cycles that the accelerator of `configuration` takes for `images` (uint8 [n, rows, columns], or
    Recordings) on `network`, back to back.

    inference: `infer(network, images)`, of the whole run, since hardware works ahead while the decision is on its way.
    idle: the core has waited; otherwise the first beat is taken as soon as that can be after a reset, when convolutions
    still empty their words. before: images since the reset of an idle core; which words a convolution empties next, and
    who has to wait for them, is their doing. whole: images begin when they are complete, as behind registers.
    Raises UserError if images or configuration do not fit the network.
    """
    shape, layers = describe(design, whole)
    valid = run(*_spikes(design, images, inference), shape, layers,
                make_maps(design.network.layers, layers.lanes, design.taps, layers.out_ways,
                          SWEPT if idle else _swept(design), before))
    valid = valid + is_cut(design)
    return Cycles(valid, np.diff(valid, prepend=0))


def is_cut(design):
    """Whether beats of the stream are wider than those that a design works on."""
    return design.stream_bits != design.beat_bits


def latency(design, images, inference, whole=False):
    """int64 [n]: for an idle core, cycles from the last beat of each image on the stream to its result, the first image
    right after a reset; arguments and errors as in `predict`, but that a recording may be decided before its last beat
    has come: it has no such number. whole: as the register LATENCY counts on a board, from the last part of a beat that
    is cut, all images long after a reset.
    """
    network = design.network
    if network.most_events is not None:
        raise UserError("the network takes events: a recording's result does not wait for its last beat, so that it is "
                        "no measure of the latency")
    times, beats, spikes, decisions = _spikes(design, images, inference)
    shape, layers = describe(design, whole)
    alone = [run(times[n:n + 1], beats, spikes[n:n + 1], decisions[n:n + 1], shape, layers,
                 make_maps(network.layers, layers.lanes, design.taps, layers.out_ways,
                           SWEPT if n or whole else _swept(design)))[0]
             for n in range(len(images))]
    return np.array(alone, np.int64) - (shape.beats - 1) + (0 if whole else _cutting(design))


def rest(design):
    """Cycles from a result after which the core is idle, as `latency` takes it to be: what the image before left in the
    memories of a convolution is emptied."""
    _, layers = describe(design)
    now = make_maps(design.network.layers, layers.lanes, design.taps, layers.out_ways, SWEPT, 0).now
    return int((now["by_row"] * (now["scrubbed"] + 2 * ROW_SETTLE)).max())


def _cutting(design):
    """Cycles from the last beat of an image on the stream to the last that the design works on: 0 where they are the
    same."""
    parts = design.stream_bits // design.beat_bits
    return is_cut(design) * ((design.beats - 1) % parts + 1)


def _swept(design):
    """Words that a convolution has emptied before the first beat after a reset: the encoder empties its tables first, a
    step a cycle, and where there are two, each of them twice; a beat that is cut is there a cycle later."""
    network = design.network
    return (max(network.steps, 4) if network.most_events is None else SWEPT_BEFORE_EVENTS) + is_cut(design)


def _spikes(design, images, inference):
    """What the kernel takes of the images: spike times of the inputs or Beats, spike times of all hidden neurons, and
    decision times."""
    network = design.network
    times, beats = np.zeros((0, network.inputs), np.int16), no_beats()
    if network.most_events is not None:
        check_images(network, images)
        beats = beats_of(network, images)
    else:
        times, _ = take_in(network, images)
        if describe(design)[0].beats <= LISTENED_BEATS and design.configuration.weight_banks == 1:
            times[:, ~network.used_inputs] = network.steps
    if len(images) != len(inference.classes):
        raise ValueError(f"an inference of {len(inference.classes)} images for {len(images)}")
    none = np.zeros((len(images), 0), np.int16)
    return times, beats, np.concatenate([none, *inference.spike_times[:-1]], axis=1), inference.decision_time
