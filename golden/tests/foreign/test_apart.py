"""Reading in a process of its own: what comes back, and what a child may do without harm."""

import os
import signal
import time

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign import state_dict
from first_spike.golden.foreign.state_dict import read_apart


def test_what_comes_back():
    tree = {"a": np.arange(6, dtype=">i2").reshape(2, 3), "text": "ü\0 ", "names": ["x", "", "y/z"], "number": 7,
            "inner": {"scalar": np.float32(2.5), "flag": np.array([True, False]), "none": {}}}
    found = read_apart(lambda: tree)
    assert found["a"].dtype == ">i2" and np.array_equal(found["a"], tree["a"])
    assert found["inner"]["scalar"] == 2.5 and found["inner"]["flag"].tolist() == [True, False]
    assert {name: found[name] for name in ("text", "names", "number")} == {
        name: tree[name] for name in ("text", "names", "number")} and found["inner"]["none"] == {}


def refuse():
    raise UserError("holds a café")


def interrupt():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("read, sentence", [
    (refuse, "^holds a café$"), (lambda: 1 / 0, "is damaged, or no HDF5 file"),
    (lambda: os.kill(os.getpid(), signal.SIGKILL), "is damaged, or"), (lambda: os._exit(7), "is damaged, or"),
    (lambda: {"a": object()}, "is damaged, or"), (interrupt, "is damaged, or")])
def test_children_that_fail(read, sentence):
    with pytest.raises(UserError, match=sentence):
        read_apart(read)


def test_a_child_that_never_comes_back(monkeypatch):
    children, fork = [], os.fork
    monkeypatch.setattr(state_dict, "SECONDS", 0.1)
    monkeypatch.setattr(os, "fork", lambda: children.append(fork()) or children[-1])
    with pytest.raises(UserError, match="is damaged: it could not be read in 0.1 seconds"):
        read_apart(time.sleep, 1000)
    with pytest.raises(ProcessLookupError):  # it is gone
        os.kill(children[0], 0)
