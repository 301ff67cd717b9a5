"""Where things are: the shipped networks, the default one, the convolutional one, the design that is committed in a
checkout's hdl/, with its configuration, and where commands write and work."""

from pathlib import Path

import first_spike.golden
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.files import CHECKOUT

NETWORKS = Path(first_spike.golden.__file__).absolute().with_name("networks")
DEFAULT_NETWORK = NETWORKS / "mnist_784_128_10_4bit.npz"
CONVOLUTIONAL_NETWORK = NETWORKS / "mnist_16c5p2_32c5p2_10_4bit.npz"
CONVOLUTIONAL_FLOAT = NETWORKS / "mnist_16c5p2_32c5p2_10_float.npz"  # that it was quantized from
DEFAULT_CONFIGURATION = Configuration()
DEFAULT_DESIGN = CHECKOUT and CHECKOUT / "hdl"
BUILD = Path("build")  # of the current folder
