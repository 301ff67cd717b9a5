"""One module a block: the text of the modules, and the same behaviour when MyHDL simulates."""

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest
from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import inlined_line, submodule, submodule_array, verilog
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.parts.target import HexFiles, Target, converting_to, is_converting, macro
from tb.helpers.clocked import run

WIDTH = 4
OFFSETS = (3, -1, 7)
TABLES = HexFiles("low", (0x1F, 0x80, 0x01), (5, 3)), HexFiles("high", (0xFF, 0x00, 0xA5), (5, 3))


class Pair(Bundle):
    members = ("a", "b")

    def __init__(self):
        self.a, self.b = Signal(bool(0)), Signal(bool(0))


@block
def adder(clk, part, offset, total, *, width):
    """`total` is part + offset, one cycle later.

    Outputs: total
    """

    @always(clk.posedge)
    def add():
        total.next = (part + offset) & ((1 << width) - 1)

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
def table(address, word, *, file):
    """`word` is that at `address`.

    Outputs: word
    """
    if is_converting():
        text = f"// {macro('FOLDER')}\nassign {{word}} = {{address}};"  # its files are written, not read
        return verilog("text", text, dict(address=address), dict(word=word))

    @always_comb
    def look_up():
        word.next = file.words[int(address)]

    return look_up


@block
def register(clk, before, after):
    """`after` is `before`, one cycle later.

    Outputs: after
    """

    @always(clk.posedge)
    def shift():
        """On."""
        after.next = before

    return shift


@block
def parent(clk, vector, totals, s_pair, m_pair, address, low, high, wider, late):
    """Three adders, one more, two swappers in a row, two tables, and two registers that are no modules.

    Outputs: totals, low, high, wider, late
    """
    between = Pair()
    constants = [offset % (1 << WIDTH) for offset in OFFSETS]
    adders = submodule_array(
        "adders", adder, 3, shared=dict(clk=clk), sliced=dict(part=[(vector, WIDTH)]),
        constant=dict(offset=(constants, Signal(intbv(0)[WIDTH:]))), gathered=dict(total=(totals,
                                                                                          Signal(intbv(0)[WIDTH:]))),
        width=WIDTH)
    single = submodule_array(
        "single", adder, 1, shared=dict(clk=clk), sliced=dict(part=[(address, 8)]),
        constant=dict(offset=([1], Signal(intbv(0)[8:]))), gathered=dict(total=(wider, Signal(intbv(0)[8:]))), width=8,
        module="wide_adder")
    first = submodule("first", swapper, s_pair=s_pair, m_pair=between)
    second = submodule("second", swapper, s_pair=between, m_pair=m_pair)
    tables = [submodule(f"table_{file.name}", table, address=address, word=word, file=file)
              for file, word in zip(TABLES, (low, high))]
    delayed = inlined_line("delayed", partial(register, clk), [address, Signal(intbv(0)[8:]), late])
    return adders, single, first, second, tables, delayed


@block
def lone(clk, vector, total):
    """One adder, which takes a part of what it is given.

    Outputs: total
    """
    return submodule_array(
        "only", adder, 1, shared=dict(clk=clk), sliced=dict(part=[(vector, WIDTH)]),
        constant=dict(offset=([1], Signal(intbv(0)[WIDTH:]))), gathered=dict(total=(total, Signal(intbv(0)[WIDTH:]))),
        width=WIDTH)


def ports():
    return dict(clk=Signal(bool(0)), vector=Signal(intbv(0)[3 * WIDTH:]), totals=Signal(intbv(0)[3 * WIDTH:]),
                s_pair=Pair(), m_pair=Pair(), address=Signal(intbv(0)[8:]), low=Signal(intbv(0)[8:]),
                high=Signal(intbv(0)[8:]), wider=Signal(intbv(0)[8:]), late=Signal(intbv(0)[8:]))


def write(folder, prefix=""):
    target = Target(folder, "// header", prefix)
    with converting_to(target):
        assert is_converting()
        top = target.convert(parent, "parent", ports())
    assert not is_converting()
    return target.modules, top.ports


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
    assert modules == ["adder", "wide_adder", "swapper", "table", "parent"]
    for module in modules:
        text = (folder / f"{module}.v").read_text()
        assert text.startswith("// header\n")
        assert re.findall(r"^module (\w+)", text, re.MULTILINE) == [module]


def test_ports_have_their_way_and_their_names(design):
    _, _, ways = design
    assert ways == {"clk": "input", "vector": "input", "totals": "output", "s_pair_a": "input", "s_pair_b": "input",
                    "m_pair_a": "output", "m_pair_b": "output", "address": "input", "low": "output", "high": "output",
                    "wider": "output", "late": "output"}


def test_a_child_is_instantiated_by_name(design):
    text = text_of(design[0], "parent")
    assert ("swapper first ( .s_pair_a(s_pair_a), .s_pair_b(s_pair_b), "
            ".m_pair_a(between_a), .m_pair_b(between_b) );") in text
    assert ("swapper second ( .s_pair_a(between_a), .s_pair_b(between_b), "
            ".m_pair_a(m_pair_a), .m_pair_b(m_pair_b) );") in text


def test_children_of_an_array_get_their_slices(design):
    text = text_of(design[0], "parent")
    assert "for (adders_i = 0; adders_i < 3; adders_i = adders_i + 1) begin : adders" in text
    assert "adder adder ( .clk(clk), .part(vector[adders_i*4 +: 4])," in text
    assert ".total(totals[adders_i*4 +: 4])" in text
    assert "localparam [11:0] ADDERS_OFFSET = {4'h7, 4'hf, 4'h3};" in text
    assert ".offset(ADDERS_OFFSET[adders_i*4 +: 4])" in text


def test_a_single_child_is_a_plain_instance(design):
    text = text_of(design[0], "parent")
    assert "localparam [7:0] SINGLE_OFFSET = {8'h1};" in text
    assert "wide_adder single ( .clk(clk), .part(address), .offset(SINGLE_OFFSET), .total(wider) );" in text


def test_a_single_child_takes_its_part_of_a_wider_vector(tmp_path):
    with converting_to(Target(tmp_path)) as target:
        target.convert(lone, "lone", dict(clk=Signal(bool(0)), vector=Signal(intbv(0)[3 * WIDTH:]),
                                          total=Signal(intbv(0)[WIDTH:])))
    assert ".part(vector[3:0])," in text_of(tmp_path, "lone")


def test_a_line_of_inlined_blocks_has_their_numbers(design):
    text = text_of(design[0], "parent")
    assert "always @(posedge clk) begin : delayed_0_shift delayed_0_after <= address; end" in text
    assert "always @(posedge clk) begin : delayed_1_shift late <= delayed_0_after; end" in text


def test_instances_with_other_words_share_a_module(design):
    folder = design[0]
    assert 'module table #( parameter FILE = "low" ) (' in text_of(folder, "table")
    text = text_of(folder, "parent")
    for name in ("low", "high"):
        assert f'table #(.FILE("{name}")) table_{name} ( .address(address), .word({name}) );' in text
    assert {path.name: path.read_text() for path in folder.glob("*.hex")} == {
        "low_0.hex": "1f\n00\n01\n", "low_1.hex": "0\n4\n0\n", "high_0.hex": "1f\n00\n05\n",
        "high_1.hex": "7\n0\n5\n"}


def test_a_prefix_begins_every_module_file_and_macro_and_nothing_else(design, tmp_path):
    modules, ways = in_fresh_process(tmp_path, "mine_")
    assert modules == [f"mine_{module}" for module in design[1]] and ways == design[2]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"mine_{path.name}"
                                                                      for path in design[0].iterdir())
    for path in design[0].glob("*.v"):
        prefixed = (tmp_path / f"mine_{path.name}").read_text()
        assert prefixed != path.read_text() and prefixed.replace("mine_", "") == path.read_text()


def test_simulation_does_the_same():
    arguments = ports()
    clk, vector, totals, s_pair, m_pair, address, low, high, wider, late = arguments.values()

    def stimulus():
        for number in range(40):
            parts = [(number * step) % 16 for step in (1, 3, 7)]
            vector.next = sum(part << (WIDTH * i) for i, part in enumerate(parts))
            s_pair.a.next, s_pair.b.next = number & 1, number >> 1 & 1
            address.next = number % 3
            yield clk.negedge
            assert (low, high) == tuple(file.words[number % 3] for file in TABLES)
            assert wider == number % 3 + 1
            assert late == (number - 1) % 3 * (number > 0)
            assert totals == sum(((part + offset) % 16) << (WIDTH * i) for i,
                                 (part, offset) in enumerate(zip(parts, OFFSETS)))
            assert (m_pair.a, m_pair.b) == (s_pair.a, s_pair.b)

    run(parent, arguments, stimulus())


def test_the_context_ends_with_an_error(tmp_path):
    with pytest.raises(RuntimeError), converting_to(Target(tmp_path)):
        raise RuntimeError
    assert not is_converting()
