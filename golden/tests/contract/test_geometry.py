"""Where a kernel lies, by hand: what is allowed to the last row, and what a file says of it."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from first_spike.golden.contract.geometry import Geometry, is_whole
from first_spike.golden.errors import UserError


def refuse(sentence, geometry):
    with pytest.raises(UserError) as caught:
        geometry.validate()
    assert str(caught.value) == sentence


def test_facts_name_what_is_not_as_usual():
    assert Geometry((6, 5, 1), (3, 2)).facts() == {"kernel": [3, 2]}
    whole = Geometry((6, 5, 1), (3, 2), (2, 1), (1, 0), (1, 3))
    assert whole.facts() == {"kernel": [3, 2], "stride": [2, 1], "padding": [1, 0], "pool": [1, 3]}
    assert Geometry.from_facts((6, 5, 1), whole.facts()) == whole
    assert Geometry.from_facts((6, 5, 1), {"kernel": [3, 2]}) == Geometry((6, 5, 1), (3, 2), (1, 1), (0, 0), (1, 1))
    with pytest.raises(UserError) as caught:
        Geometry.from_facts((6, 5, 1), {"kernel": [3, 2], "z": 1, "a": 1})
    assert str(caught.value) == ("has the unknown fact 'a'; a convolution has kernel, stride, padding, pool and "
                                 "pool_kind")


def test_a_kernel_and_a_pool_may_fill_their_maps():
    for whole in (Geometry((2, 3, 1), (4, 5), padding=(1, 1)), Geometry((4, 3, 1), (2, 1), pool=(3, 3))):
        whole.validate()
        assert whole.handed == (1, 1)
    refuse("a kernel of 5 x 5 is larger than the map of 4 x 5 that it reads (with padding 1 x 1)",
           Geometry((2, 3, 1), (5, 5), padding=(1, 1)))
    refuse("a kernel of 1 x 4 is larger than the map of 2 x 3 that it reads", Geometry((2, 3, 1), (1, 4)))
    refuse("a kernel of 1 x 4 is larger than the map of 4 x 3 that it reads (with padding 1 x 0)",
           Geometry((2, 3, 1), (1, 4), padding=(1, 0)))
    refuse("a pool of 3 x 4 is larger than the map of 3 x 3 before it", Geometry((4, 3, 1), (2, 1), pool=(3, 4)))


def test_the_most_positions():
    Geometry((1 << 12, 1 << 12, 1), (1, 1)).validate()
    refuse("a map of 4096 x 4097 has more than 16,777,216 positions", Geometry((1 << 12, (1 << 12) + 1, 1), (1, 1)))


def test_the_most_reads():
    """Kernels of 8 x 8 at 2048 x 2048 positions; wider ones; a row more of them."""
    side = (1 << 11) + 7
    Geometry((side, side, 1), (8, 8)).validate()
    refuse("a kernel of 8 x 9 at 2048 x 2048 positions reads more than 268,435,456 times",
           Geometry((side, side + 1, 1), (8, 9)))
    refuse("a kernel of 8 x 8 at 2049 x 2048 positions reads more than 268,435,456 times",
           Geometry((side + 1, side, 1), (8, 8)))


@pytest.mark.parametrize("name", ["kernel", "stride", "padding", "pool"])
def test_the_largest_sides(name):
    most, fine = 1 << 24, {"source": (9, 9, 1), "kernel": (1, 1)}
    for sides in ((most + 1, 1), (1, 10 ** 30)):
        refuse(f"{name} must be at most 16,777,216, found {list(sides)}", Geometry(**fine | {name: sides}))
    Geometry((1, 1, 1), (1, 1), stride=(most, most)).validate()


@pytest.mark.parametrize("name, least", [("kernel", 1), ("stride", 1), ("padding", 0), ("pool", 1)])
def test_two_whole_numbers(name, least):
    fine = {"source": (9, 9, 1), "kernel": (1, 1)}
    Geometry(**fine | {name: (least, least)}).validate()
    for value in ((least, least - 1), (least, True), (least,), (least,) * 3, "11"):
        shown = list(value) if isinstance(value, tuple) else value
        refuse(f"{name} must be two whole numbers from {least} on, [rows, columns], found {shown!r}",
               Geometry(**fine | {name: value}))
    assert is_whole(2, 2) and not is_whole(1, 2) and not is_whole(True, 0)


def test_maps_by_hand():
    """7 rows, padded to 9, kernels of 3 at 0, 2, 4, 6; 6 columns, kernels of 2 at 0, 3; pools of 3 x 1."""
    made = Geometry([7, 6, 2], [3, 2], [2, 3], [1, 0], [3, 1])
    assert (made.handed, made.positions, made.inputs, made.places) == ((1, 2), (3, 2), 84, 12)
    assert made.reached(0).tolist() == [[-1, 0, 1], [1, 2, 3], [3, 4, 5]]
    assert made.reached(1).tolist() == [[0, 1], [3, 4]]
    assert Geometry((2, 2, 1), (2, 2), padding=(0, 1)).reached(1).tolist() == [[-1, 0], [0, 1], [1, -1]]
    assert made.windows.tolist() == [[0, 2, 4], [1, 3, 5]]
    assert Geometry((5, 6, 1), (1, 1), pool=(2, 3)).windows.tolist() == [
        [0, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11], [12, 13, 14, 18, 19, 20], [15, 16, 17, 21, 22, 23]]
    assert Geometry((1, 1, 1), (3, 1), padding=(2, 0)).reached(0).tolist() == [[-1, -1, 0], [-1, 0, -1], [0, -1, -1]]


def test_without_a_pool_nothing_is_copied():
    times = np.array([[3, 1]], np.int16)
    assert Geometry((1, 2, 1), (1, 1)).pooled(times) is times


def test_a_geometry_cannot_change():
    with pytest.raises(FrozenInstanceError):
        Geometry((1, 2, 1), (1, 1)).pool = (1, 2)
