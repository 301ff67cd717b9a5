"""One module a block: the text of the modules, and the same behaviour when MyHDL simulates."""

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor

import pytest
from myhdl import Signal, always, always_comb, block, intbv

from rtl_model.parts.hierarchy import (
    Target,
    converting_to,
    is_converting,
    submodule,
    submodule_array,
    write_hex,
)
from rtl_model.parts.streams import Bundle
from rtl_model.tests.clocked import run

WIDTH = 4
OFFSETS = (3, -1, 7)


class Pair(Bundle):
    members = ("a", "b")

    def __init__(self):
        self.a, self.b = Signal(bool(0)), Signal(bool(0))


@block
def adder(clk, part, offset, total, *, width):
    """`total` is part + offset, one cycle later."""

    @always(clk.posedge)
    def add():
        total.next = (part + offset) & (2 ** width - 1)

    return add


@block
def swapper(s_pair, m_pair):
    """Exchanges two signals."""

    @always_comb
    def swap():
        m_pair.a.next = s_pair.b
        m_pair.b.next = s_pair.a

    return swap


@block
def parent(clk, vector, totals, s_pair, m_pair):
    """Three adders and two swappers in a row."""
    between = Pair()
    constants = [offset % (1 << WIDTH) for offset in OFFSETS]
    adders = submodule_array(
        "adders", adder, 3, shared=dict(clk=clk), sliced=dict(part=[(vector, WIDTH)]),
        constant=dict(offset=(constants, Signal(intbv(0)[WIDTH:]))), gathered=dict(total=(totals,
                                                                                          Signal(intbv(0)[WIDTH:]))),
        width=WIDTH)
    first = submodule("first", swapper, s_pair=s_pair, m_pair=between)
    second = submodule("second", swapper, s_pair=between, m_pair=m_pair)
    return adders, first, second


def ports():
    return dict(clk=Signal(bool(0)), vector=Signal(intbv(0)[3 * WIDTH:]), totals=Signal(intbv(0)[3 * WIDTH:]),
                s_pair=Pair(), m_pair=Pair())


def write(folder, prefix=""):
    target = Target(folder, "// header", prefix)
    with converting_to(target):
        assert is_converting()
        _, ways = target.convert(parent, "parent", ports())
        write_hex("words.hex", [5, -1, 0], 9)
    assert not is_converting()
    return target.modules, ways


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    """(folder, modules, ways of the ports) of `parent`, converted in a fresh process."""
    folder = tmp_path_factory.mktemp("design")
    return folder, *in_fresh_process(folder)


def in_fresh_process(*arguments):
    """`write(*arguments)`, since the names that MyHDL gives depend on what it converted before."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(write, *arguments).result()


def text_of(folder, module):
    return re.sub(r"\s+", " ", (folder / f"{module}.v").read_text())


def test_each_block_is_one_module_children_first(design):
    folder, modules, _ = design
    assert modules == ["adder", "swapper", "parent"]
    for module in modules:
        text = (folder / f"{module}.v").read_text()
        assert text.startswith("// header\n")
        assert re.findall(r"^module (\w+)", text, re.MULTILINE) == [module]


def test_ports_have_their_way_and_their_names(design):
    _, _, ways = design
    assert ways == {"clk": "input", "vector": "input", "totals": "output", "s_pair_a": "input", "s_pair_b": "input",
                    "m_pair_a": "output", "m_pair_b": "output"}


def test_a_child_is_instantiated_by_name(design):
    text = text_of(design[0], "parent")
    assert ("swapper first ( .s_pair_a(s_pair_a), .s_pair_b(s_pair_b), "
            ".m_pair_a(between_a), .m_pair_b(between_b) );") in text
    assert ("swapper second ( .s_pair_a(between_a), .s_pair_b(between_b), "
            ".m_pair_a(m_pair_a), .m_pair_b(m_pair_b) );") in text


def test_children_of_an_array_get_their_slices(design):
    text = text_of(design[0], "parent")
    assert "for (adders_i = 0; adders_i < 3; adders_i = adders_i + 1) begin : adders" in text
    assert ".part(vector[adders_i*4 +: 4])" in text
    assert ".total(totals[adders_i*4 +: 4])" in text
    assert "localparam [11:0] ADDERS_OFFSET = {4'h7, 4'hf, 4'h3};" in text
    assert ".offset(ADDERS_OFFSET[adders_i*4 +: 4])" in text


def test_hex_words_are_two_s_complement_of_their_width(design):
    assert (design[0] / "words.hex").read_text() == "005\n1ff\n000\n"


def test_a_prefix_begins_every_module_and_file_and_nothing_else(design, tmp_path):
    modules, ways = in_fresh_process(tmp_path, "mine_")
    assert modules == [f"mine_{module}" for module in design[1]] and ways == design[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"mine_{path.name}"
                                                                      for path in design[0].iterdir())
    for path in design[0].glob("*.v"):
        prefixed = (tmp_path / f"mine_{path.name}").read_text()
        assert prefixed != path.read_text() and prefixed.replace("mine_", "") == path.read_text()


def test_simulation_does_the_same():
    arguments = ports()
    clk, vector, totals, s_pair, m_pair = arguments.values()

    def stimulus():
        for number in range(40):
            parts = [(number * step) % 16 for step in (1, 3, 7)]
            vector.next = sum(part << (WIDTH * i) for i, part in enumerate(parts))
            s_pair.a.next, s_pair.b.next = number & 1, number >> 1 & 1
            yield clk.negedge
            assert totals == sum(((part + offset) % 16) << (WIDTH * i) for i,
                                 (part, offset) in enumerate(zip(parts, OFFSETS)))
            assert (m_pair.a, m_pair.b) == (s_pair.a, s_pair.b)

    run(parent, arguments, stimulus())


def test_the_context_ends_with_an_error(tmp_path):
    with pytest.raises(RuntimeError), converting_to(Target(tmp_path)):
        raise RuntimeError
    assert not is_converting()
