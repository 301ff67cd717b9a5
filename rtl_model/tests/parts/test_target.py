"""One module name stands for one module: other parameters, ports or blocks are refused, and wrong directions."""

import pytest
from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import Bundle
from first_spike.rtl_model.parts.target import HexFiles, Target, converting_to


class Request(Bundle):
    members = ("wanted", "given")
    inward = ("given",)

    def __init__(self):
        self.wanted, self.given = Signal(bool(0)), Signal(bool(0))


@block
def adder(a, total, b=None, *, offset, file=None):
    """The sum of a, b and the offset.

    Outputs: total
    """

    @always_comb
    def add():
        total.next = a + offset

    @always_comb
    def add_both():
        total.next = a + b + offset

    return add if b is None else add_both


@block
def doubler(a, total, *, offset):
    """Another block with the same ports.

    Outputs: total
    """

    @always_comb
    def double():
        total.next = a + a + offset

    return double


@block
def giver(s_request):
    """Gives what is wanted."""

    @always_comb
    def give():
        s_request.given.next = s_request.wanted

    return give


@block
def liar(request):
    """Drives as the receiver does, at a port that is not called so.

    Outputs: request
    """

    @always_comb
    def give():
        request.given.next = request.wanted

    return give


def vector(bits):
    return Signal(intbv(0)[bits:])


def convert(folder, *calls):
    """The Modules of the (block, arguments) in one target, each called `sum`."""
    target = Target(folder)
    with converting_to(target):
        return [target.convert(function, "sum", arguments) for function, arguments in calls]


def ports(**others):
    return dict(a=vector(4), total=vector(6), **others)


def test_equal_ones_are_one_module(tmp_path):
    first, second = convert(tmp_path, (adder, ports(offset=1)), (adder, ports(offset=1)))
    assert first == second == ("sum", {"a": "input", "total": "output"}, {})


def test_other_words_are_the_same_module(tmp_path):
    files = [HexFiles(name, words, (3,)) for name, words in (("one", (1, 2)), ("other", (3, 4)))]
    first, second = convert(tmp_path, *((adder, ports(offset=1, file=file)) for file in files))
    assert (first.parameters, second.parameters) == ({"FILE": '"one"'}, {"FILE": '"other"'})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one_0.hex", "other_0.hex", "sum.v"]


@pytest.mark.parametrize("function, arguments, sentence", [
    (adder, ports(offset=2), "module sum is wanted twice, but offset differs: 1 and 2"),
    (adder, dict(ports(offset=1), a=vector(5)), "module sum is wanted twice, but port a differs: 4 bits and 5 bits"),
    (adder, dict(ports(offset=1), a=Signal(intbv(0, min=-8, max=8))),
     "module sum is wanted twice, but port a differs: 4 bits and signed 4 bits"),
    (adder, ports(offset=1, b=vector(4)), "module sum is wanted both with and without port b"),
    (adder, ports(offset=1, file=HexFiles("one", (1, 2), (3,))), "is wanted both with and without words of file"),
    (doubler, ports(offset=1), "module sum is wanted twice, but block differs: adder and doubler"),
])
def test_what_differs_is_named(tmp_path, function, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        convert(tmp_path, (adder, ports(offset=1)), (function, arguments))


@pytest.mark.parametrize("words, widths, sentence", [
    ((1, 2, 3), (3,), "words of file differs: 2 and 3"),
    ((1, 2), (2, 1), r"widths of file differs: \(3,\) and \(2, 1\)"),
])
def test_files_of_another_shape_are_another_module(tmp_path, words, widths, sentence):
    with pytest.raises(ValueError, match=sentence):
        convert(tmp_path, (adder, ports(offset=1, file=HexFiles("one", (1, 2), (3,)))),
                (adder, ports(offset=1, file=HexFiles("other", words, widths))))


def test_a_bundle_says_who_drives_what(tmp_path):
    [module] = convert(tmp_path, (giver, dict(s_request=Request())))
    assert module.ports == {"s_request_wanted": "input", "s_request_given": "output"}
    with pytest.raises(ValueError, match="port request_wanted of module sum is an input, its bundle says output"):
        convert(tmp_path, (liar, dict(request=Request())))


@block
def secret(a, total):
    """Drives what it does not list."""

    @always_comb
    def add():
        total.next = a + 1

    return add


@block
def idle(a, total, other=None):
    """Lists what it does not drive.

    Outputs: total, other
    """

    @always_comb
    def add():
        total.next = a + 1

    return add


@block
def unknown(a, total):
    """Lists what there is not.

    Outputs: total, sum
    """

    @always_comb
    def add():
        total.next = a + 1

    return add


@block
def holder(a, total):
    """Has a part that does not say what it drives.

    Outputs: total
    """
    return inlined("part", secret(a, total))


@block
def keeper(a, total):
    """Has a child that drives its output.

    Outputs: total
    """
    return submodule("part", adder, module="sum_of_part", a=a, total=total, offset=1)


@pytest.mark.parametrize("function, arguments, sentence", [
    (secret, {}, "the block secret is wrong: it drives total, which it does not list among its outputs"),
    (idle, dict(other=vector(4)), "the block idle is wrong: it lists other among its outputs, which it does not drive"),
    (unknown, {}, "the block unknown is wrong: it lists sum among its outputs, which is no port"),
    (holder, {}, "the block secret is wrong"),
])
def test_outputs_are_those_that_the_docstring_lists(tmp_path, function, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        convert(tmp_path, (function, ports(**arguments)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("function", [idle, keeper])
def test_what_is_not_there_and_what_a_child_drives_is_no_mistake(tmp_path, function):
    [module] = convert(tmp_path, (function, ports()))
    assert module.ports == {"a": "input", "total": "output"}


@block
def counter(clk, total, *, depth, spare, width):
    """Counts to `depth`, and knows nothing of `width`.

    Parameters:
        depth: entries
        spare: places
        width: of something else
    Outputs: total
    """
    limit = width + 1

    @always(clk.posedge)
    def count():
        """On, up to `depth`."""
        width = limit
        if total < depth:
            total.next = total + width

    return count


def test_a_parameter_stands_in_the_header_or_is_a_constant(tmp_path):
    with converting_to(Target(tmp_path, plain=tmp_path / "plain")) as target:
        target.plain.mkdir()
        target.convert(counter, "counter", dict(clk=Signal(bool(0)), total=Signal(intbv(0)[4:]), depth=9, spare=2,
                                                width=3))
    text = (tmp_path / "counter.v").read_text()
    assert "localparam DEPTH = 9;  // entries\n" in text and "localparam LIMIT = 4;\n" in text
    assert "// spare = 2: places\n" in text and "// width = 3: of something else\n" in text and "// depth" not in text
    assert "// Counts to `DEPTH`, and knows nothing of `width`.\n" in text and "// On, up to `DEPTH`.\n" in text
    assert "4/*limit*/" in (tmp_path / "plain" / "counter.v").read_text()
