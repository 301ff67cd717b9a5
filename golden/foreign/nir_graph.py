"""The nodes of an NIR graph (neuroir.org) in the order in which spikes go through them.

An NIR file is HDF5; it is read as data, by name, so that neither the package `nir` nor anything in the file is run.
Graphs inside a graph become part of it. What is no chain from one Input to one Output is refused by the node's name.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.hdf5 import read_tree

PINS = "pip install nir==1.0.8 h5py==3.16.0"
KNOWN = ("Affine", "AvgPool2d", "Conv2d", "Flatten", "IF", "Input", "Linear", "Output", "Scale", "SumPool2d")
LEAKY = ("LIF", "CubaLIF", "LI", "CubaLI")
REASONS = {
    **dict.fromkeys(LEAKY, "its potential leaks, and the neurons here are such that do not: train with IF neurons"),
    "Delay": "spikes are not delayed here: leave it out",
    "I": "it never spikes: use an IF node",
    "Threshold": "it keeps no potential: use an IF node",
    "Conv1d": "convolutions here have two dimensions: write it as a Conv2d of one row",
}


@dataclass(frozen=True, eq=False)
class Node:
    """A node: its name, of graphs inside the graph with a dot between; its kind, such as "IF"; its values by name."""

    name: str
    kind: str
    values: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.kind} node {self.name!r}"

    def array(self, name):
        """One of its values as a finite float64 array; UserError where there is none."""
        value = self.values.get(name)
        if not isinstance(value, np.ndarray | np.generic):
            raise UserError(f"{self} has no numbers {name!r}")
        value = np.asarray(value, np.float64)
        bad = np.argwhere(~np.isfinite(value))
        if bad.size:
            raise UserError(f"{self}: {name} holds {value[tuple(bad[0])]} at {bad[0].tolist()}; it must be finite")
        return value

    def whole(self, name, count):
        """One of its values as a tuple of `count` whole numbers, a single number standing for all of them."""
        value = self.array(name).ravel()
        if value.size not in (1, count) or (value != np.rint(value)).any():
            numbers = "a whole number" if count == 1 else f"{count} whole numbers"
            raise UserError(f"{self}: {name} must be {numbers}, found {value[:8].tolist()}")
        return tuple(int(one) for one in np.broadcast_to(value, count))


def read_graph(path):
    """(nodes, metadata) of an NIR file: a list of Nodes from Input to Output, and the dict that its graph keeps aside.

    Raises UserError for what is no NIR file, no chain, or a node that has no place in a network here.
    """
    try:
        import h5py  # noqa: F401  (asked for here, so that a missing one is said in the user's words)
    except ImportError as error:
        raise UserError(f"reading NIR graphs needs h5py: {PINS}") from error
    tree = read_tree(path, "node")
    try:
        metadata = tree.get("metadata", {})
        return _chain(*_unfolded(tree, "")), metadata if isinstance(metadata, dict) else {}
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def _unfolded(tree, prefix):
    """({name: Node}, edges, name of the Input, name of the Output) of a graph, its inner graphs in their places."""
    where = f"graph {prefix[:-1]!r}" if prefix else "the graph"
    if tree.get("type", "NIRGraph") != "NIRGraph" or not isinstance(tree.get("nodes"), dict):
        raise UserError(f"{where} is no NIRGraph of nodes")
    nodes, edges, ways_in, ways_out = {}, [], {}, {}
    named = dict(_named(tree["nodes"]))
    for own, values in named.items():
        name = prefix + own
        kind = values.get("type") if isinstance(values, dict) else None
        if not isinstance(kind, str):
            raise UserError(f"node {name!r} does not say of what type it is")
        if kind == "NIRGraph":
            inner, inside, ways_in[name], ways_out[name] = _unfolded(values, f"{name}.")
            edges += inside
        else:
            inner = {name: Node(name, kind, values)}
            _require_known(inner[name])
        if nodes.keys() & inner.keys():
            raise UserError(f"two nodes are called {min(nodes.keys() & inner.keys())!r}")
        nodes |= inner
    for source, target in _edges(tree, where):
        source, target = prefix + source, prefix + target
        edges.append((ways_out.get(source, source), ways_in.get(target, target)))
    own = [nodes[prefix + name] for name in named if prefix + name in nodes]
    return nodes, edges, _only(own, "Input", where), _only(own, "Output", where)


def _named(tree, prefix=""):
    """Pairs of the name and the values of each node; HDF5 makes groups inside each other of names with slashes."""
    for name, values in tree.items():
        inner, typed = {}, isinstance(values, dict) and isinstance(values.get("type"), str)
        if isinstance(values, dict):
            inner = {one: value for one, value in values.items() if isinstance(value, dict)
                     and not (typed and one in ("metadata", "nodes"))}
        if typed or not inner or len(inner) < len(values):
            yield prefix + name, values
        yield from _named(inner, f"{prefix}{name}/")


def _edges(tree, where):
    """Pairs of names, as h5py gives a text array [edges, 2]."""
    flat = tree.get("edges")
    if not isinstance(flat, list) or len(flat) % 2:
        raise UserError(f"{where} has no list of edges between its nodes")
    return list(zip(flat[::2], flat[1::2]))


def _require_known(node):
    if node.kind not in KNOWN:
        reason = REASONS.get(node.kind, f"nothing is known of its kind; known are {', '.join(KNOWN)}")
        raise UserError(f"{node} is refused: {reason}")


def _only(nodes, kind, where):
    found = [node.name for node in nodes if node.kind == kind]
    if len(found) != 1:
        names = " and ".join(map(repr, found[:3]))
        there = f"{len(found)} {kind} nodes, {names}" if found else f"no {kind} node"
        raise UserError(f"{where} has {there}; it needs one")
    return found[0]


def _chain(nodes, edges, start, end):
    """The nodes from the one called `start` to `end`; UserError unless each is passed once."""
    for edge in edges:
        missing = [name for name in edge if name not in nodes]
        if missing:
            raise UserError(f"an edge from {edge[0]!r} to {edge[1]!r} names the node {missing[0]!r}, which is missing")
    twice = [edge for edge, count in Counter(edges).items() if count > 1]
    if twice:
        raise UserError(f"the edge from {twice[0][0]!r} to {twice[0][1]!r} is there twice: spikes would count double")
    following, before = {name: [] for name in nodes}, {name: [] for name in nodes}
    for source, target in edges:
        following[source].append(target)
        before[target].append(source)
    _refuse_circles(nodes, following)
    for ways, verb in ((following, "feeds"), (before, "is fed by")):
        for name, others in ways.items():
            if len(others) > 1:
                raise UserError(f"{nodes[name]} {verb} {' and '.join(map(repr, others))}: a network here is a chain of "
                                f"layers, one behind the other")
    passed = [start]
    while following[passed[-1]]:
        passed.append(following[passed[-1]][0])
    if passed[-1] != end:
        raise UserError(f"{nodes[passed[-1]]} feeds no other: the chain from the Input ends there, before the Output")
    left = [nodes[name] for name in nodes.keys() - set(passed)]
    if left:
        raise UserError(f"{left[0]} lies on no way from the Input to the Output")
    # the ends of inner graphs do nothing
    return [nodes[name] for name in passed if nodes[name].kind not in ("Input", "Output") or name in (start, end)]


def _refuse_circles(nodes, following):
    waiting = {name: 0 for name in nodes}  # edges into each that are still to be passed
    for others in following.values():
        for name in others:
            waiting[name] += 1
    free = [name for name, count in waiting.items() if count == 0]
    while free:
        for name in following[free.pop()]:
            waiting[name] -= 1
            if waiting[name] == 0:
                free.append(name)
    name = next((name for name, count in waiting.items() if count), None)
    if name is None:
        return
    passed = []
    while name not in passed:  # back from node to node, each of which waits for one that waits
        passed.append(name)
        name = next(source for source, others in following.items() if name in others and waiting[source])
    circle = passed[passed.index(name):][::-1]
    raise UserError(f"{nodes[circle[0]]} hears of its own spikes ({' -> '.join([*circle, circle[0]])}): recurrent "
                    f"networks are refused, layers follow one another here")
