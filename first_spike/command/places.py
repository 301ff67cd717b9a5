"""Where things are: the shipped networks, the default one, the convolutional one, and the design that is committed in
hdl/, with its configuration."""

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.files import PACKAGE, ROOT

NETWORKS = PACKAGE / "golden" / "networks"
DEFAULT_NETWORK = NETWORKS / "mnist_784_128_10_4bit.npz"
CONVOLUTIONAL_NETWORK = NETWORKS / "mnist_16c5p2_32c5p2_10_4bit.npz"
CONVOLUTIONAL_FLOAT = NETWORKS / "mnist_16c5p2_32c5p2_10_float.npz"  # that it was quantized from
DEFAULT_CONFIGURATION = Configuration()
DEFAULT_DESIGN = ROOT / "hdl"
BUILD = ROOT / "build"
