"""The choices of a data set from Python: of whatever type they are, they count and are kept as those of a command."""

import json

import numpy as np
import pytest

import first_spike as fs
from tb.helpers.cameras import write_recordings


@pytest.mark.parametrize("given, plain", [
    ({"image_size": (8, np.int64(8)), "window": (0, np.float32(80.5)), "train_per_class": np.int64(5)},
     {"image_size": "8x8", "window": [0, 80.5], "train_per_class": 5}),
    ({"image_size": [8, 8], "window": np.array([0, 80])}, {"image_size": "8x8", "window": [0, 80]})])
def test_choices_of_other_types(tmp_path, given, plain):
    found, other = (fs.dataset(f"events:{write_recordings(tmp_path)}", choices=choices) for choices in (given, plain))
    assert found.image_shape == (8, 8, 2) and json.dumps(found.split) == json.dumps(other.split)


@pytest.mark.parametrize("choices, sentence", [
    ({"train_per_class": True}, "train_per_class of a split of events must be a whole number from 0 on, found True"),
    ({"train_per_class": np.True_}, "must be a whole number from 0 on, found True"),
    ({"window": (False, 9)}, "window of a split of events must be a list of finite numbers, found "),
    ({"image_size": (8, 8.0)}, "such as 28x28"), ({"image_size": (8,)}, "such as 28x28")])
def test_choices_that_are_none(tmp_path, choices, sentence):
    with pytest.raises(fs.UserError, match=sentence):
        fs.dataset(f"events:{write_recordings(tmp_path)}", choices=choices)
