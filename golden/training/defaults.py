"""What a training does where nothing else is asked for; with few images it takes smaller and larger steps, and more
epochs of them."""

from first_spike.golden.training import convolution_rule

FEW = 10_000  # training images
HIDDEN = (400,)  # neurons of hidden layers
FEW_SETTINGS = {"batch": 16, "hidden_rate": 2e-3, "output_rate": 6e-4, "temperature": 0.05, "endless": 0.1,
                "average": 0.05}
FINETUNE_RATES, FEW_FINETUNE_RATES = (2e-4, 5e-5), (4e-4, 1e-4)
RATES_HELP = (f"default: 2e-4 5e-5, 4e-4 1e-4 with fewer than {FEW:,} training images, 5e-4 5e-4 with convolutions, of "
              f"series 1e-4 5e-4")
LEAST_EPOCHS, LEAST_BATCHES = 60, 12_000
MOST_HELD_OUT = 5000
MOST_SILENT, CONVOLUTION_MOST_SILENT = 0.025, 0.045  # share of the held-out images
SILENT_HELP = f"default: {MOST_SILENT}, with convolutions {CONVOLUTION_MOST_SILENT}"
BITS, LAST_BITS = 4, 8  # behind convolutions the last layer is small, and has one scale for all classes
BITS_HELP = f"default: {BITS}, with convolutions {LAST_BITS} in the last layer"
# Settings of convolutions that some data sets want otherwise: where nearly all is right, silence needs less of a push.
CONVOLUTION_SETTINGS = {"mnist": {"push": 0.5}, "digits": {"push": 0.5},
                        "series": {"tied": 16, "hidden_rate": 1e-4, "average": 0.1, "temperature": 0.2, "sure": 1.0}}
# Of data sets by name or kind
AUGMENTATIONS = {"mnist": "digits", "digits": "digits", "fashion": "clothes", "sound": "sound", "series": "series",
                 "events": "events"}
# Series are few: kernels learn slowly, the last layer counts spikes in a few windows, and few are held out.
SERIES_CHANNELS, SERIES_KERNEL, SERIES_PLACES = 96, 9, 128
SERIES_BATCHES, SERIES_EPOCHS = 1000, 20
SERIES_FINETUNE_RATES = 1e-4, 5e-4


def layers(kind, image_shape, classes):
    """All layers in words for data of that kind; "" where they are dense, HIDDEN."""
    if kind != "series":
        return ""
    columns = image_shape[1]
    kernel, stride = min(SERIES_KERNEL, columns), -(-columns // SERIES_PLACES)
    return f"conv {SERIES_CHANNELS} 1x{kernel} stride 1x{stride}, dense {classes}"


def augmentation(name, count):
    """The kind of deformation for the data set `name`, or one of that kind, with `count` images to learn from, see
    plan.AUGMENTATIONS."""
    return AUGMENTATIONS.get(name, "anything" if count < FEW else "none")


def held_out(count, kind=""):
    """How many of `count` training images are kept for choosing things: a tenth, of series a twentieth, 5,000 at
    most."""
    return min(MOST_HELD_OUT, max(count // (20 if kind == "series" else 10), 1))


def settings(count, convolutional=False, name=""):
    """{name: value} of DecisionSettings for a training on `count` images of the data set `name`, or one of that kind,
    where they differ from what others have."""
    few = {} if count >= FEW else FEW_SETTINGS
    if not convolutional:
        return few
    return {key: few[key] for key in few if key == "batch"} | CONVOLUTION_SETTINGS.get(name, {})


def bits(layers, convolutional=False):
    """Bits of each of so many layers."""
    return (BITS,) * (layers - 1) + (LAST_BITS if convolutional else BITS,)


def scale_per(convolutional):
    """One of plan.SCALE_PER."""
    return "channel" if convolutional else "layer"


def most_silent(convolutional):
    """Share of the held-out images."""
    return CONVOLUTION_MOST_SILENT if convolutional else MOST_SILENT


def finetune_rates(count, convolutional=False, kind=""):
    """(hidden_rate, output_rate) of training at few bits on `count` images of data of that kind."""
    if convolutional:
        return SERIES_FINETUNE_RATES if kind == "series" else convolution_rule.FINETUNE_RATES
    return FEW_FINETUNE_RATES if count < FEW else FINETUNE_RATES


def epochs(count, convolutional=False, name=""):
    """Epochs of the float network on `count` images: at least 60, and 12,000 batches; of series fewer."""
    series = convolutional and name == "series"
    batches = max(count // settings(count).get("batch", 64), 1)
    return max(SERIES_EPOCHS if series else LEAST_EPOCHS, -(-(SERIES_BATCHES if series else LEAST_BATCHES) // batches))
