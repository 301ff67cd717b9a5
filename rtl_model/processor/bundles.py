"""The streams between the blocks of a processor."""

from myhdl import Signal, intbv, modbv

from first_spike.golden.contract.processor import HEADER_FIELDS, REACHES
from first_spike.rtl_model.parts.streams import Bundle, bits_for

MAP_MEMBERS = ("scatters", "sweeps", "pools", "marks")  # of Visits, where there may be maps


def add_banks(bundle, limits):
    """The members of a bundle that fills memories where these are two banks."""
    if limits.weight_banks == 2:
        bundle.bank, bundle.in_use = Signal(bool(0)), Signal(bool(0))
        bundle.members += ("bank", "in_use")


class PayloadWrite(Bundle):
    """The words of a load, on their way to where they belong.

    Members:
        valid: there is a word
        place: its number in the payload, in the cycle before, too
        data: the word
        bank: where it goes; this one and the next only where there are two
        in_use: the bank that is read
    """

    members = ("valid", "place", "data")

    def __init__(self, limits):
        self.valid = Signal(bool(0))
        self.place = Signal(intbv(0)[bits_for(limits.most_words + 1):])
        self.data = Signal(intbv(0)[32:])
        add_banks(self, limits)


class NetworkFacts(Bundle):
    """What is the same for every layer of the network that is loaded.

    Members:
        beats: of an image, less one
        step_shift: log2 of the steps of the processor over those of the network
        layers: less one
        classes: less one
        class_word: the word of the potentials at which the output layer begins
        events: it takes events, not pixels
        last_input: the number of inputs that have events, less one
        most_events: of a recording that are taken in
    """

    members = HEADER_FIELDS

    def __init__(self, limits):
        for name, most in limits.header_most.items():
            setattr(self, name, Signal(bool(0) if name == "events" else intbv(0)[bits_for(most + 1):]))


class MaskWrite(Bundle):
    """Masks of beats, on their way into their memory.

    Members:
        select: there is one
        address: number of the beat
        data: a bit for each pixel: the network listens to it
        bank: where it goes; this one and the next only where there are two
        in_use: the bank that is read
    """

    members = ("select", "address", "data")

    def __init__(self, limits):
        self.select = Signal(bool(0))
        self.address = Signal(intbv(0)[bits_for(limits.beats):])
        self.data = Signal(intbv(0)[limits.pixels:])
        add_banks(self, limits)


class BankState(Bundle):
    """What is known of two networks.

    Members:
        wanted: the bank that the next frame uses
        loaded: a bit for each bank: it holds a network
        pending: frames of the other bank are still under way
    """

    members = ("wanted", "loaded", "pending")

    def __init__(self):
        self.wanted = Signal(bool(0))
        self.loaded = Signal(intbv(0)[2:])
        self.pending = Signal(bool(0))


class LayerFacts(Bundle):
    """What is to be known of a layer.

    Members:
        weights: the word at which its weights begin: for each fold, part and input one
        starts: the word at which begins what its potentials begin with: for each fold four
        inputs: words of a fold and part
        folds: less one
        word: of the potentials, its first fold's
        parts: its weights are two nibbles each
        positions: of a map, 0 where it is none; these four only where there may be maps
        row_words: words from one row of positions to the next
        row_weights: what the word of weights falls by meanwhile
        column_weights: and from one column of positions to the next
    """

    def __init__(self, limits):
        self.members = limits.layer_fields
        for name, most in limits.layer_most.items():
            setattr(self, name, Signal(bool(0) if name == "parts" else intbv(0)[bits_for(most + 1):]))


class StepList(Bundle):
    """What is known of a list of spikes that is read.

    Members:
        count: spikes that are in it; what has been told stays true
        some: there are any
        complete: no more will come
        closes: with `complete`: with it the step is over
        final: with `complete`: and the image
        step: with `complete`: the time step
    """

    members = ("count", "some", "complete", "closes", "final", "step")

    def __init__(self, places, step_bits):
        self.count = Signal(intbv(0)[bits_for(places + 1):])
        self.some = Signal(bool(0))
        self.complete = Signal(bool(0))
        self.closes = Signal(bool(0))
        self.final = Signal(bool(0))
        self.step = Signal(intbv(0)[step_bits:])


class Visits(Bundle):
    """One fold after the other takes the spikes of a list in: a visit a cycle.

    Members:
        valid: there is a visit
        first: of its fold
        last: of its fold
        nothing: it adds nothing
        fresh: the fold has been worked on in no step of this image
        of_start: it adds what the potentials begin with, not weights
        base: the word of weights that it adds, less the spike's row
        shift: nibbles to the left
        negative: its highest bit is a sign
        word: of the potentials
        fold: its number
        last_fold: it is the layer's last
        tests: with the last visit: who is above the threshold fires
        output: the layer is the last one
        scatters: a spike is added to a word of a map; this and those below only where there may be maps
        sweeps: what the potentials begin with is written into a word of a map
        pools: a word of a map is tested
        marks: there is no visit: the layer is through
    """

    members = ("valid", "first", "last", "nothing", "fresh", "of_start", "base", "shift", "negative", "word", "fold",
               "last_fold", "tests", "output")

    def __init__(self, limits):
        if limits.takes_maps:
            self.members += MAP_MEMBERS
        for name in self.members:
            setattr(self, name, Signal(bool(0)))
        self.base = Signal(intbv(0)[bits_for(limits.weight_words):])
        self.shift = Signal(intbv(0)[2:])
        self.word = Signal(intbv(0)[bits_for(limits.words):])
        self.fold = Signal(intbv(0)[bits_for(limits.folds):])


class Reach(Bundle):
    """The positions that read a spike.

    Members:
        word: of the potentials, that of the first position and of the first fold
        weight: the word of weights that is added there
        rows: of positions, less one
        columns: less one
        some: there are any
    """

    members = ("word", "weight", "rows", "columns", "some")

    def __init__(self, limits):
        self.word = Signal(intbv(0)[bits_for(limits.words):])
        self.weight = Signal(modbv(0)[bits_for(limits.weight_words):])
        self.rows = Signal(intbv(0)[bits_for(REACHES):])
        self.columns = Signal(intbv(0)[bits_for(REACHES):])
        self.some = Signal(bool(0))


class Steps(Bundle):
    """The visits of spikes to the positions of a map, one a cycle, or two where weights are two nibbles.

    Members:
        valid: there is one
        first: of the weight's nibbles
        last: of them
        word: of the potentials
        weight: word of weights
    """

    members = ("valid", "first", "last", "word", "weight")

    def __init__(self, limits):
        for name in ("valid", "first", "last"):
            setattr(self, name, Signal(bool(0)))
        self.word = Signal(intbv(0)[bits_for(limits.words):])
        self.weight = Signal(intbv(0)[bits_for(limits.weight_words):])
