"""A network from its file, of either kind."""

from golden.contract.archive import read_archive
from golden.contract.float_network import FloatNetwork
from golden.contract.network import Network


def load_network(path):
    """The Network or the FloatNetwork in the file `path`; UserError where it is neither."""
    header, _ = read_archive(path)
    return (FloatNetwork if header.get("kind") == FloatNetwork.kind else Network).load(path)
