"""NIR graphs that are networks here, and all the others, refused by the node's name."""

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.tests.foreign.nir_files import change, h5py, neurons, nir, two_layers, write


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def names(path):
    return [node.name for node in read_graph(path)[0]]


def test_the_order_is_that_of_the_edges(tmp_path, rng):
    nodes = two_layers(rng)
    order = list(nodes)
    edges = list(zip(order, order[1:]))
    shuffled = {name: nodes[name] for name in sorted(nodes, reverse=True)}
    assert names(write(tmp_path / "g.nir", shuffled, edges[::-1])) == order


def test_graphs_in_the_graph_become_part_of_it(tmp_path, rng):
    nodes = two_layers(rng)
    inner = nir.NIRGraph({"i": nir.Input(np.array([12])), "fc": nodes["fc1"], "o": nir.Output(np.array([5]))},
                         [("i", "fc"), ("fc", "o")])
    outer = nir.NIRGraph({"begin": nir.Input(np.array([12])), "deep": inner, "if": nodes["if1"],
                          "end": nir.Output(np.array([5]))}, [("begin", "deep"), ("deep", "if"), ("if", "end")])
    path = write(tmp_path / "g.nir", {"input": nodes["input"], "block": outer, "fc2": nodes["fc2"],
                                      "if2": nodes["if2"], "output": nodes["output"]})
    assert names(path) == ["input", "block.deep.fc", "block.if", "fc2", "if2", "output"]


def test_metadata(tmp_path, rng):
    path = write(tmp_path / "g.nir", two_layers(rng), metadata={"some": "words", "number": 3})
    assert read_graph(path)[1] == {"some": "words", "number": 3}


def leaky(kind, shape=(5,)):
    one = np.ones(shape)
    return {"LIF": lambda: nir.LIF(one, one, one * 0, one), "LI": lambda: nir.LI(one, one, one),
            "CubaLIF": lambda: nir.CubaLIF(one, one, one, one * 0, one),
            "CubaLI": lambda: nir.CubaLI(one, one, one, one),
            "I": lambda: nir.I(one), "Threshold": lambda: nir.Threshold(one), "Delay": lambda: nir.Delay(one),
            "Conv1d": lambda: nir.Conv1d(8, np.ones((1, 1, 3)), 1, 0, 1, 1, np.zeros(1))}[kind]()


@pytest.mark.parametrize("kind, reason", [
    ("LIF", "its potential leaks"), ("CubaLIF", "its potential leaks"), ("LI", "its potential leaks"),
    ("CubaLI", "its potential leaks"), ("I", "it never spikes: use an IF node"), ("Threshold", "it keeps no potential"),
    ("Delay", "spikes are not delayed"), ("Conv1d", "write it as a Conv2d of one row")])
def test_kinds_that_are_refused(tmp_path, rng, kind, reason):
    path = write(tmp_path / "g.nir", two_layers(rng) | {"if1": leaky(kind)})
    with pytest.raises(UserError, match=rf"g.nir: {kind} node 'if1' is refused: .*{reason}"):
        read_graph(path)


def edges_of(*pairs):
    return [tuple(pair.split(">")) for pair in pairs]


CHAIN = ("input>fc1", "fc1>if1", "if1>fc2", "fc2>if2", "if2>output")


@pytest.mark.parametrize("edges, sentence", [
    ((*CHAIN, "if1>fc1"), r"'if1' .*hears of its own spikes \(if1 -> fc1 -> if1\): recurrent networks are refused|"
                          r"'fc1' hears of its own spikes \(fc1 -> if1 -> fc1\)"),
    ((*CHAIN, "if2>if2"), r"IF node 'if2' hears of its own spikes \(if2 -> if2\)"),
    ((*CHAIN, "output>input"), "hears of its own spikes"),
    ((*CHAIN, "if1>if2"), "IF node 'if1' feeds 'fc2' and 'if2': a network here is a chain"),
    ((*CHAIN, "input>fc1"), "the edge from 'input' to 'fc1' is there twice"),
    ((*CHAIN, "if1>gone"), "an edge from 'if1' to 'gone' names the node 'gone', which is missing"),
    (CHAIN[:2] + CHAIN[3:], "IF node 'if1' feeds no other: the chain from the Input ends there"),
    (("input>fc1", "fc1>if1", "if1>output"), r"(IF|Linear) node '(if2|fc2)' lies on no way from the Input"),
])
def test_edges_that_are_no_chain(tmp_path, rng, edges, sentence):
    path = write(tmp_path / "g.nir", two_layers(rng), edges_of(*edges))
    with pytest.raises(UserError, match=sentence):
        read_graph(path)


def test_two_ways_into_a_node(tmp_path, rng):
    nodes = two_layers(rng) | {"other": nir.Linear(rng.normal(size=(3, 5)))}
    path = write(tmp_path / "g.nir", nodes, edges_of("input>fc1", "fc1>if1", "if1>fc2", "fc2>if2", "other>if2",
                                                     "if2>output"))
    with pytest.raises(UserError, match="IF node 'if2' is fed by 'fc2' and 'other'"):
        read_graph(path)


@pytest.mark.parametrize("changes, sentence", [
    ({"out2": "Output"}, "the graph has 2 Output nodes, '(out2|output)' and '(out2|output)'; it needs one"),
    ({"in2": "Input"}, "the graph has 2 Input nodes"),
    ({"output": None}, "the graph has no Output node; it needs one"), ({"input": None}, "the graph has no Input node")])
def test_one_way_in_and_one_way_out(tmp_path, rng, changes, sentence):
    nodes = two_layers(rng)
    for name, kind in changes.items():
        if kind is None:
            nodes[name] = neurons(1, shape=(3,))
        else:
            nodes[name] = getattr(nir, kind)(np.array([3]))
    with pytest.raises(UserError, match=sentence):
        read_graph(write(tmp_path / "g.nir", nodes, edges_of(*CHAIN)))


@pytest.mark.parametrize("place, value, sentence", [
    ("node/nodes", None, "the graph is no NIRGraph of nodes"), ("node/nodes", 3, "the graph is no NIRGraph of nodes"),
    ("node/type", "Linear", "the graph is no NIRGraph of nodes"),
    ("node/edges", None, "the graph has no list of edges"), ("node/edges", np.arange(4), "has no list of edges"),
    ("node/edges", np.array(["a", "b", "c"], object), "has no list of edges"),
    ("node/nodes/fc1", 3, "node 'fc1' does not say of what type it is"),
    ("node/nodes/fc1/type", None, "node 'fc1' does not say of what type it is"),
    ("node/nodes/fc1/type", 7, "node 'fc1' does not say of what type it is"),
    ("node/nodes/fc1/type", "__import__", "__import__ node 'fc1' is refused: nothing is known of its kind"),
    ("node/nodes/fc1/type", "NIRGraph", "graph 'fc1' is no NIRGraph of nodes"),
    ("node", None, "has no group 'node'"), ("node", 3, "has no group 'node'")])
def test_files_that_are_no_graph(tmp_path, rng, place, value, sentence):
    path = change(write(tmp_path / "g.nir", two_layers(rng)), place, value)
    with pytest.raises(UserError, match=f"g.nir: .*{sentence}"):
        read_graph(path)


def test_two_nodes_of_one_name(tmp_path, rng):
    nodes = two_layers(rng)
    inner = nir.NIRGraph({"i": nir.Input(np.array([12])), "fc": nodes["fc1"], "o": nir.Output(np.array([5]))},
                         [("i", "fc"), ("fc", "o")])
    path = write(tmp_path / "g.nir", nodes | {"block": inner, "block.fc": nodes["fc1"]}, edges_of(*CHAIN))
    with pytest.raises(UserError, match="two nodes are called 'block.fc'"):
        read_graph(path)


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(UserError, match=r"reading NIR graphs needs h5py: pip install nir==1.0.8 h5py==3.16.0$"):
        read_graph(tmp_path / "g.nir")


def test_the_pins_are_those_of_the_project():
    from first_spike.golden.files import ROOT
    from first_spike.golden.foreign.nir_graph import PINS

    locked = (ROOT / "scripts" / "setup" / "requirements.txt").read_text()
    assert all(f"\n{pin} " in locked for pin in PINS.split()[2:])
    assert h5py.__version__ == PINS.split("h5py==")[1]
