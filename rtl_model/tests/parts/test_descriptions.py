"""Docstrings taken apart: what is about ports, what about members, and the rest."""

from dataclasses import dataclass

from myhdl import Signal, block

from first_spike.rtl_model.parts.descriptions import (
    first_sentence,
    lines_of,
    numbers_of,
    parameter_lines,
    port_comments,
    text_of,
)
from first_spike.rtl_model.parts.streams import Bundle


class Letters(Bundle):
    """Letters on their way; one a cycle. Never more.

    Members:
        letter: one of them
        valid: there is one,
            and it is new
    """

    members = ("letter", "valid")

    def __init__(self):
        self.letter, self.valid = Signal(bool(0)), Signal(bool(0))


@block
def reader(clk, s_letters, m_letters, done):
    """Reads.

    Slowly.

    Ports:
        m_letters: what was read
        done: nothing is left
            to read

    Parameters:
        speed: letters a cycle
        words: which ones
    Latency: long.
    """


@dataclass(frozen=True)
class Size:
    rows: int
    name: str
    places: tuple


def test_sections_are_no_part_of_the_text():
    assert text_of(reader.__doc__) == ["Reads.", "", "Slowly.", "", "Latency: long."]
    assert text_of(Letters.__doc__) == ["Letters on their way; one a cycle. Never more."]
    assert text_of(None) == []


def test_lines_of_a_section():
    assert lines_of(reader.__doc__, "Ports") == {"m_letters": "what was read", "done": "nothing is left to read"}
    assert lines_of(Letters.__doc__, "Members") == {"letter": "one of them", "valid": "there is one, and it is new"}
    assert lines_of("Nothing.", "Ports") == lines_of(None, "Ports") == {}


def test_bundles_bring_the_lines_of_their_members():
    arguments = dict(s_letters=Letters(), m_letters=Letters(), done=Signal(bool(0)))
    comments, titles = port_comments(reader.__doc__, arguments)
    assert titles == {"s_letters": "Letters on their way", "m_letters": "what was read"}
    assert comments["s_letters_letter"] == comments["m_letters_letter"] == "one of them"
    assert comments["done"] == "nothing is left to read" and "clock" in comments["clk"]


def test_first_sentence():
    for doc in ("One line.", "One\nline. Two.", "One line; more.", "One line.\n\nMore."):
        assert first_sentence(doc) == "One line"


def test_parameters_that_are_numbers_are_told():
    assert parameter_lines(reader.__doc__, dict(speed=2, words=("a", "b"), depth=3, size=Size(4, "y", ()))) == [
        "speed = 2: letters a cycle", "depth = 3, rows = 4"]
    assert parameter_lines(reader.__doc__, dict(words=())) == []


def test_numbers_are_whole_numbers_and_those_of_shapes():
    assert numbers_of(dict(depth=3, name="x", masks=(1, 2), size=Size(4, "y", (5,)), wide=True)) == {
        "depth": 3, "rows": 4, "wide": 1}
