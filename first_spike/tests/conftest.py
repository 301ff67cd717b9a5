"""Fixtures of the tests of what users import."""

import pytest

import first_spike as fs
from first_spike.command import bars
from tb.helpers.small_case import small_case


@pytest.fixture(scope="module")
def network():
    return fs.load("mnist_784_128_10_4bit")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """(network of 4 x 5 pixels, 4 images, labels)."""
    network, images, labels = small_case(tmp_path_factory.mktemp("small"))
    return network, images[:4], labels[:4]


@pytest.fixture(autouse=True)
def time_stands_still(monkeypatch):
    """No test is told of its progress, however slow the machine is."""
    monkeypatch.setattr(bars, "clock", lambda: 0.0)
