"""What a training does where nothing else is asked for; with few images it takes smaller and larger steps, and more
epochs of them."""

from first_spike.golden.training import convolution_rule

FEW = 10_000  # training images
FEW_SETTINGS = {"batch": 16, "hidden_rate": 2e-3, "output_rate": 6e-4, "temperature": 0.05, "endless": 0.1,
                "average": 0.05}
FINETUNE_RATES, FEW_FINETUNE_RATES = (2e-4, 5e-5), (4e-4, 1e-4)
RATES_HELP = f"default: 2e-4 5e-5, 4e-4 1e-4 with fewer than {FEW:,} training images, 5e-4 5e-4 with convolutions"
LEAST_EPOCHS, LEAST_BATCHES = 60, 12_000
MOST_HELD_OUT = 5000
MOST_SILENT = 0.025  # share of the held-out images
# Of data sets by name or kind
AUGMENTATIONS = {"mnist": "digits", "digits": "digits", "fashion": "clothes", "sound": "sound",
                 "events": "events"}


def augmentation(name, count):
    """The kind of deformation for the data set `name`, or one of that kind, with `count` images to learn from, see
    plan.AUGMENTATIONS."""
    return AUGMENTATIONS.get(name, "anything" if count < FEW else "none")


def held_out(count):
    """How many of `count` training images are kept for choosing things: a tenth, 5,000 at most."""
    return min(MOST_HELD_OUT, max(count // 10, 1))


def settings(count, convolutional=False):
    """{name: value} of DecisionSettings for a training on `count` images, where they differ from what others have."""
    if count >= FEW:
        return {}
    return {"batch": FEW_SETTINGS["batch"]} if convolutional else FEW_SETTINGS


def finetune_rates(count, convolutional=False):
    """(hidden_rate, output_rate) of training at few bits on `count` images."""
    if convolutional:
        return convolution_rule.FINETUNE_RATES
    return FEW_FINETUNE_RATES if count < FEW else FINETUNE_RATES


def epochs(count):
    """Epochs of the float network on `count` images: at least 60, and 12,000 batches."""
    batches = max(count // settings(count).get("batch", 64), 1)
    return max(LEAST_EPOCHS, -(-LEAST_BATCHES // batches))
