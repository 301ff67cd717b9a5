"""Property tests: a few examples in every run, always the same ones, and many behind the marker `properties`."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from tb.helpers.random_networks import as_float, random_convolutional_network, random_network, with_sums

FEW, MANY = 30, 2000
few_and_many = pytest.mark.parametrize("examples", [
    pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.properties)])

providers._get_local_constants = Constants  # by default what is drawn depends on the modules that are loaded
words = st.text(st.characters(exclude_categories=()), max_size=20)  # halves of surrogate pairs too
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=8)


def for_all(examples, check, *strategies, shrink=True):
    """Call check(...) with so many examples of the strategies; it fails with the smallest that is found, or the first,
    where looking for smaller ones would take too long."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chosen = settings(max_examples=examples, derandomize=True, database=None, deadline=None, phases=phases,
                      report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
    chosen(given(*strategies)(check))()


@st.composite
def networks(draw, kinds=("integer", "float")):
    """Networks of either kind, dense and convolutional, of every T and every width of weights."""
    rng = np.random.default_rng(draw(st.integers(0, (1 << 32) - 1)))
    steps, layers = 1 << draw(st.integers(1, 8)), draw(st.integers(1, 3))
    if draw(st.booleans()):
        made = random_network(rng, steps, draw(st.lists(st.integers(1, 8), min_size=layers, max_size=layers)), layers)
    else:
        made = random_convolutional_network(rng, steps, draw(st.integers(1, 8)), layers - 1)
        made = with_sums(made) if draw(st.booleans()) else made
    return as_float(made) if draw(st.sampled_from(kinds)) == "float" else made


@st.composite
def damaged(draw, content):
    """Bytes with a few of them changed, left out or put in, or cut short."""
    content = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        what = draw(st.sampled_from(("change", "cut", "leave out", "put in")))
        if what == "change" and content:
            content[place] ^= draw(st.integers(1, 255))
        elif what == "cut":
            del content[place:]
        elif what == "leave out":
            del content[place:place + draw(st.integers(1, 40))]
        else:
            content[place:place] = draw(st.binary(min_size=1, max_size=20))
    return bytes(content)
