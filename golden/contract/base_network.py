"""What integer and float networks share: shape rules, equality, hash, reading and writing."""

import hashlib
import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from first_spike.golden.contract.archive import FORMATS, read_archive, write_archive
from first_spike.golden.contract.confidence import Calibration
from first_spike.golden.contract.geometry import Geometry, by
from first_spike.golden.errors import UserError, printable
from first_spike.golden.files import require_text
from first_spike.golden.recordings import LARGEST_INPUT

PIXELS, EVENTS = "pixels", "events"  # what a network takes, in its file
LARGEST_COUNT = (1 << 31) - 1  # of events
STORED_KINDS = ("dense", "convolution")
FEW = 10  # classes that are named in a line
MAX_CLASSES = 1 << 16  # the class field of the hardware's result word has 16 bits


def is_int(value):
    """True for a Python int that is not a bool."""
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, eq=False, repr=False)
class BaseNetwork:
    """Layers of IF neurons, one behind the other (S4NN: Kheradpisheh & Masquelier 2020, arXiv 1910.09495).

    steps: time steps T, a power of two from 2 to 256.
    image_shape: (rows, columns) or (rows, columns, channels); the first layer has one input for each number, in this
    order.
    layers: at least one, of any kind (see layers.py); each takes the map of the one before as its inputs.
    classes: one name per output neuron.
    source: free text, where the weights come from.
    accuracy: optional figures, any JSON object.
    most_events: None for a network that takes images; one that takes recordings of events takes in so many of each.
    calibration: None, or a Calibration of this network; `fs.calibrate` makes one. It changes no inference.
    """

    steps: int
    image_shape: tuple
    layers: tuple
    classes: tuple
    source: str = ""
    accuracy: dict = field(default_factory=dict)
    most_events: int | None = None
    calibration: Calibration | None = None

    kind: ClassVar[str]
    header_keys: ClassVar[set] = {"format", "steps", "image_shape", "classes", "source", "accuracy"}
    calibration_keys: ClassVar[set] = set()  # of the header in format 4, none of them required

    def __post_init__(self):
        for name in ("image_shape", "layers", "classes"):
            value = getattr(self, name)
            if not isinstance(value, (tuple, list)):
                raise UserError(f"{name} must be a list, found {value!r}")
            object.__setattr__(self, name, tuple(value))
        self.validate()

    def validate(self):
        """Raise UserError, naming layer, neuron and value, unless the network keeps every rule of the contract."""
        if not is_int(self.steps) or self.steps not in (2, 4, 8, 16, 32, 64, 128, 256):
            raise UserError(f"steps must be a power of two from 2 to 256, found {self.steps!r}")
        check_image_shape(self.image_shape)
        if self.most_events is not None:
            check_most_events(self.most_events, self.inputs)
        if not self.layers:
            raise UserError("a network needs at least one layer")
        given, giver = image_map(self.image_shape), f"an image of {shown_shape(self.image_shape)}"
        for index, layer in enumerate(self.layers):
            try:
                layer.validate()
            except UserError as error:
                raise UserError(f"layer {index}: {error}") from error
            if layer.inputs != math.prod(given):
                raise UserError(f"layer {index} takes {layer.inputs} inputs, but {giver} gives {math.prod(given)}")
            if layer.takes not in (None, given):
                raise UserError(f"layer {index} takes a map of {by(layer.takes)}, but {giver} gives one of {by(given)}")
            given, giver = layer.map, f"layer {index}"
        self._validate_output()
        if not isinstance(self.source, str):
            raise UserError(f"source must be text, found {self.source!r}")
        self._validate_accuracy()
        self._validate_calibration()

    def _validate_output(self):
        last = f"layer {len(self.layers) - 1} is the last, whose map must be 1 x 1, one neuron for each class"
        if self.layers[-1].map[:2] != (1, 1):
            raise UserError(f"{last}: found {by(self.layers[-1].map[:2])}")
        if self.layers[-1].positions > 1:
            raise UserError(f"{last}, without a pool")
        thresholds = self.layers[-1].thresholds
        unequal = np.flatnonzero(thresholds != thresholds[0])
        if unequal.size:
            raise UserError(f"the output layer needs one threshold for all its neurons, but neuron 0 has "
                            f"{thresholds[0]} and neuron {unequal[0]} has {thresholds[unequal[0]]}")
        if not all(isinstance(name, str) and name for name in self.classes):
            raise UserError(f"classes must be non-empty names, found {list(self.classes)}")
        require_text(self.classes)
        twice = [name for name, times in Counter(self.classes).items() if times > 1]
        if twice:
            raise UserError(f"two classes are called {twice[0]!r}: a result must name one")
        if len(self.classes) != len(thresholds):
            raise UserError(f"{len(self.classes)} class names for {len(thresholds)} output neurons")
        if len(thresholds) > MAX_CLASSES:
            raise UserError(f"at most {MAX_CLASSES} output neurons are possible, found {len(thresholds)}")

    def _validate_accuracy(self):
        try:
            plain = json.loads(json.dumps(self.accuracy, allow_nan=False))
        except (TypeError, ValueError) as error:
            raise UserError(f"accuracy must hold plain finite figures ({error})") from error
        if not isinstance(plain, dict):
            raise UserError(f"accuracy must be an object of named figures, found {self.accuracy!r}")
        object.__setattr__(self, "accuracy", plain)

    def _validate_calibration(self):
        if self.calibration is None:
            return
        if not isinstance(self.calibration, Calibration):
            raise UserError(f"calibration must be None or a Calibration, found {self.calibration!r:.60}")
        if self.calibration.network != self.sha256:
            raise UserError(f"the calibration belongs to network {self.calibration.network[:12]}, but this is "
                            f"{self.sha256[:12]}: calibrate it again")

    @property
    def inputs(self):
        """Numbers of an image (pixels, times channels), hence inputs of the first layer."""
        return math.prod(self.image_shape)

    @property
    def used_inputs(self):
        """bool [inputs]: the inputs that some neuron of the first layer listens to. The others change nothing, so their
        spikes count nowhere and the hardware never sends them."""
        return self.layers[0].used_inputs

    @property
    def takes(self):
        """What it is fed, PIXELS or EVENTS: the key of every table that has something to say for both."""
        return PIXELS if self.most_events is None else EVENTS

    @property
    def sizes(self):
        """Neurons of each layer that hand on spikes, as a tuple."""
        return tuple(layer.neurons for layer in self.layers)

    @property
    def title(self):
        """It in the field's notation, "784-128-10" or "16C5P2-32C5P2-10": inputs are named where all layers are
        dense."""
        inputs = [str(self.inputs)] if all(layer.kind == "dense" for layer in self.layers) else []
        return "-".join(inputs + [layer.title for layer in self.layers])

    @property
    def widths(self):
        """Neurons of each layer that can be worked on side by side, as a tuple: all of a dense layer, those of one
        position of a map (its channels) of a convolution."""
        return tuple(len(layer.thresholds) for layer in self.layers)

    def __repr__(self):
        """In five lines."""
        taken = f"images of {shown_shape(self.image_shape)}" if self.most_events is None else (
            f"recordings of up to {self.most_events} events of {self.inputs} inputs")
        names = ", ".join(self.classes[:FEW]) + ", ..." * (len(self.classes) > FEW)
        return (f"{type(self).__name__} {self.title}, {self.steps} steps, {self.sha256[:12]}\n"
                f"  takes     {taken}\n"
                f"  classes   {len(self.classes)}: {printable(names)}\n"
                f"  weights   {sum(layer.weights.size for layer in self.layers):,}{self._bits()}\n"
                f"  accuracy  {printable(', '.join(self.measured)) or 'not measured'}")

    @property
    def measured(self):
        """The accuracies that `accuracy` holds, as a list of texts: on test images, and on held-out ones."""
        figures = self.accuracy
        held = figures.get("held_out") or {}
        return [f"{found['accuracy']:.2%} {of}" for found, of in (
            (figures, f"of {figures.get('images')} test images of {figures.get('dataset')}"), (held, "held out"))
            if isinstance(found, dict) and isinstance(found.get("accuracy"), float)]

    def _bits(self):
        """What is to be said of the bits of its weights."""
        return " in float"

    def require_images(self, what):
        """Raise UserError unless the network is fed images; what: it that knows no events, such as "loader"."""
        if self.most_events is not None:
            raise UserError(f"the network takes events, for which there is no {what} yet: choose one that takes images")

    def require_kinds(self, known, what):
        """Raise UserError unless every layer is of a `known` kind; what: it that knows no other, such as "hardware"."""
        for index, layer in enumerate(self.layers):
            if layer.kind not in known:
                raise UserError(f"layer {index} is of the kind {layer.kind}, for which there is no {what} yet: choose "
                                f"a network of {' and '.join(known)} layers")

    def require_first_pools(self, what):
        """Raise UserError unless no pool sums; what: it that knows no such pool, as in `require_images`."""
        for index, layer in enumerate(self.layers):
            if layer.often > 1:
                raise UserError(f"layer {index} ends in a sum pool, for which there is no {what} yet: choose a network "
                                f"whose pools hand on first spikes only")

    def _plain_header(self):
        """The header without a calibration."""
        header = {"format": FORMATS[0], "steps": self.steps, "image_shape": list(self.image_shape),
                  "classes": list(self.classes), "source": self.source, "accuracy": self.accuracy}
        facts = [layer.facts() for layer in self.layers]
        if any(facts) or len(self.image_shape) > 2 or self.most_events is not None:
            taken = PIXELS if self.most_events is None else {"kind": EVENTS, "most_events": self.most_events}
            sums = any("pool_kind" in fact for fact in facts)
            header |= {"format": FORMATS[2 if sums else 1], "layers": facts, "input": taken}
        return header

    def _header(self):
        header = self._plain_header()
        if self.calibration is None:
            return header
        added = {"format": FORMATS[3], "calibration": self.calibration.facts()}
        return {"layers": [{} for _ in self.layers], "input": PIXELS} | header | added

    def _arrays(self):
        """The arrays of the network by name, in the order of the layers."""
        return {f"layer{index}_{part}": array for index, layer in enumerate(self.layers)
                for part, array in layer.arrays().items()}

    def _stored_arrays(self):
        """The same as the file holds them."""
        return self._arrays()

    @property
    def sha256(self):
        """SHA-256 (hex) of what the network computes: everything but `source`, `accuracy` and `calibration`."""
        header = {key: value for key, value in self._plain_header().items() if key not in ("source", "accuracy")}
        digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
        for name, array in self._arrays().items():
            little = array.astype(array.dtype.newbyteorder("<"))
            digest.update(f"{name} {little.dtype.str} {little.shape}".encode())
            digest.update(little.tobytes())
        return digest.hexdigest()

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self._header() == other._header() and self.sha256 == other.sha256

    def save(self, path):
        """Write the network to `path`; the same network always gives the same bytes.

        Raises UserError when that cannot be, or no format has a place for a kind of layer.
        """
        for index, layer in enumerate(self.layers):
            if layer.kind not in STORED_KINDS:
                raise UserError(f"layer {index} is of kind {layer.kind!r}, which no file can hold")
        write_archive(path, self._header(), self._stored_arrays())

    @classmethod
    def load(cls, path):
        """Read a network; anything but a whole and valid file of this kind raises UserError."""
        header, arrays = read_archive(path)
        try:
            return cls._from_parts(header, arrays)
        except UserError as error:
            raise UserError(f"{path}: {error}") from error

    @classmethod
    def _from_parts(cls, header, arrays):
        kind = header.pop("kind", "integer")
        if kind != cls.kind:
            raise UserError(f"is a network of kind {kind!r}; one of kind {cls.kind!r} is needed here")
        keys = cls.header_keys | ({"layers", "input"} if header["format"] != FORMATS[0] else set())
        optional = {"accuracy"} | (cls.calibration_keys if header["format"] == FORMATS[3] else set())
        unknown = sorted(set(header) - keys - optional)
        missing = sorted(keys - set(header) - optional)
        if unknown or missing:
            wrong = [f"lacks {key!r}" for key in missing] + [f"has the unknown key {key!r}" for key in unknown]
            raise UserError(f"the header {' and '.join(wrong)}")
        count = sum(re.fullmatch(r"layer\d+_weights", name) is not None for name in arrays)
        expected = {f"layer{index}_{part}" for index in range(count) for part in ("weights", "thresholds")}
        if set(arrays) != expected:
            odd = sorted(set(arrays) ^ expected)[0]
            raise UserError(f"array {odd} is {'unexpected' if odd in arrays else 'missing'}")
        pairs = [(arrays[f"layer{index}_weights"], arrays[f"layer{index}_thresholds"]) for index in range(count)]
        layers = cls._make_layers(header, pairs, read_geometries(header, [weights for weights, _ in pairs]))
        calibration = Calibration.from_facts(header["calibration"]) if "calibration" in header else None
        return cls(header["steps"], header["image_shape"], layers, header["classes"],
                   header["source"], header.get("accuracy", {}), read_input(header), calibration)


def check_image_shape(shape):
    """Raise UserError unless `shape`, a tuple, is that of an image: rows, columns, perhaps channels."""
    if len(shape) not in (2, 3) or not all(is_int(side) and side > 0 for side in shape):
        raise UserError(f"image_shape must be two or three positive integers, found {list(shape)}")


def image_map(shape):
    """(rows, columns, channels) of an image_shape."""
    return (*shape, 1)[:3]


def shown_shape(shape):
    """"28 x 28 pixels", "32 x 32 pixels in 3 channels"."""
    return f"{by(shape[:2])} pixels" + "".join(f" in {count} channel{'s'[:count > 1]}" for count in shape[2:])


def check_most_events(most_events, inputs):
    """Raise UserError unless recordings of so many events (any value) can be fed to so many inputs."""
    if not is_int(most_events) or not 1 <= most_events <= LARGEST_COUNT:
        raise UserError(f"most_events must be a whole number from 1 to {LARGEST_COUNT}, found {most_events!r}")
    if inputs - 1 > LARGEST_INPUT:
        raise UserError(f"an event names an input up to {LARGEST_INPUT}, but there are {inputs} inputs")


def read_input(header):
    """most_events of a file's header, None where the network takes images; UserError where it says neither."""
    taken = header.get("input", PIXELS)
    if taken == PIXELS:
        return None
    if not isinstance(taken, dict) or taken.get("kind") != EVENTS or set(taken) != {"kind", "most_events"}:
        raise UserError(f"input must be {PIXELS!r} or {{'kind': {EVENTS!r}, 'most_events': N}}, found {taken!r}")
    if taken["most_events"] is None:
        raise UserError("most_events must be a whole number, found None")
    return taken["most_events"]


def read_geometries(header, weights):
    """What the header of a file says of each layer: a Geometry for a convolution, None for a dense layer.

    weights: array of each layer. Raises UserError for facts that make no layer.
    """
    facts = header.get("layers", [{}] * len(weights))
    if not isinstance(facts, list) or len(facts) != len(weights) or not all(isinstance(fact, dict) for fact in facts):
        raise UserError(f"layers must list one object for each of the {len(weights)} layers, found {facts!r}")
    shape = header["image_shape"]
    if not isinstance(shape, list):
        raise UserError(f"image_shape must be a list, found {shape!r}")
    check_image_shape(tuple(shape))
    given, geometries = image_map(shape), []
    for index, (fact, array) in enumerate(zip(facts, weights)):
        try:
            if "pool_kind" in fact and header["format"] < FORMATS[2]:
                raise UserError(f"pool_kind needs format {FORMATS[2]}, found format {header['format']}")
            geometry = Geometry.from_facts(given, fact) if fact else None
        except UserError as error:
            raise UserError(f"layer {index}: {error}") from error
        geometries.append(geometry)
        given = (*(geometry.handed if geometry else (1, 1)), array.shape[-1] if array.ndim else 0)
    return geometries
