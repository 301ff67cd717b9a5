"""A network from its file, of either kind."""

from first_spike.golden.contract.archive import read_archive
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.contract.network import Network


def load_network(path):
    """The Network or the FloatNetwork in the file `path`; UserError where it is neither."""
    header, _ = read_archive(path)
    return (FloatNetwork if header.get("kind") == FloatNetwork.kind else Network).load(path)
