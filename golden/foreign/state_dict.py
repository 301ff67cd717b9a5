"""The arrays of a PyTorch state_dict, read by PyTorch with weights_only, which runs nothing that a file says.

What it may still do is to go on for ever (a name made of tuples in tuples has more parts than can be counted), so it
reads in another process.
"""

import zipfile

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.apart import read_apart
from first_spike.golden.foreign.limits import check_numbers


def read_state_dict(path):
    """{name: array} of a .pt or .pth file. Raises UserError where it holds anything else, or PyTorch is missing."""
    try:
        import torch  # noqa: F401  (here, so that only reading is timed)
    except ImportError as error:
        raise UserError("reading PyTorch's files needs PyTorch: pip install torch==2.13.0, or save .safetensors or "
                        ".npz instead") from error
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return read_apart(_read, path, form="file of PyTorch")
    except UserError as error:
        raise UserError(f"{path} {error}") from error


def _read(path):
    import torch

    torch.set_num_threads(1)  # those of the process that this one was forked from are not here
    try:
        with open(path, "rb") as file:
            if zipfile.is_zipfile(file):  # what it unfolds to is known before
                with zipfile.ZipFile(file) as archive:
                    check_numbers(sum(member.file_size for member in archive.infolist()) // 4)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (UserError, MemoryError):
        raise
    except Exception as error:  # damaged and hostile files surface as several types
        raise UserError("is damaged, or holds more than arrays: save model.state_dict(), not the model") from error
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):  # as training loops save it
        found = found["state_dict"]
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise UserError("is no state_dict, a dict of arrays: save model.state_dict()")
    check_numbers(sum(value.numel() for value in found.values()))  # a stride of zero makes many numbers of one
    return {str(name): _array(name, value) for name, value in found.items()}


def _array(name, value):
    import torch

    if value.is_sparse or value.is_quantized or value.is_complex():
        raise UserError(f"holds {name!r}, which is no plain array of numbers")
    value = value.detach().to(torch.float64) if value.is_floating_point() else value.detach()
    return np.array(value.numpy())
