"""The design that is committed in hdl/: which network, which configuration."""

from golden.configuration import Configuration
from tb.harness import ROOT

FOLDER = ROOT / "hdl"
NETWORK = ROOT / "golden" / "networks" / "mnist_784_128_10_4bit.npz"
CONFIGURATION = Configuration()
