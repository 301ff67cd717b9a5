"""The folder of a design, replaced as a whole or not at all; what somebody else put there is never touched."""

from first_spike.golden.files import replacing_folder
from first_spike.rtl_model.delivery.manifest import MANIFEST, read_manifest


def replacing_design(out):
    """Give an empty folder to write a design into; it becomes `out` only if the block ends without error.

    Raises UserError if `out` is neither new, nor empty, nor a design of this generator and nothing else, or cannot be
    written.
    """
    return replacing_folder(out, _own_files, "a design")


def _own_files(folder):
    return {MANIFEST, *(file["name"] for file in read_manifest(folder)["files"])}
