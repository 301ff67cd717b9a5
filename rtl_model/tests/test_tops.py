"""The designs that stand by themselves."""

import inspect

import numpy as np
import pytest

from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.errors import UserError
from first_spike.rtl_model.tops import ACCELERATORS, DEFAULT, STREAMED, TOPS


def network_of(most_events):
    layer = Layer(np.ones((6, 2), np.int8), np.ones(2, np.int32), 4)
    return Network(16, (2, 3), [layer], ["a", "b"], "by hand", most_events=most_events)


@pytest.mark.parametrize("name", TOPS)
def test_a_top_is_found_by_its_name_and_its_ports_are_those_of_its_block(name):
    top, network = TOPS[name], network_of(None)
    assert top.name == name == top.block.__name__
    arguments = [each for each in inspect.signature(top.block).parameters.values()
                 if each.kind is not each.KEYWORD_ONLY]
    hardware = Processor(pixels=2) if top.is_processor else Design(network, pixels=2)
    assert list(top.ports(hardware)) == [each.name for each in arguments if each.default is each.empty]
    assert set(top.parameters) < set(inspect.signature(top.block).parameters)
    assert set(top.outputs) < set(top.ports(hardware))
    if name == DEFAULT:
        assert list(top.ports(Design(network, weights="loadable"))) == [each.name for each in arguments]
    if "s_axis" in top.ports(hardware):
        assert len(top.ports(hardware)["s_axis"].tdata) == 16
    assert top.ports(hardware)["clk"] is not top.ports(hardware)["clk"]


def test_options_of_streams_are_ports_and_are_refused_where_there_are_none():
    design = Design(network_of(None), pixels=2, tkeep=1)
    assert TOPS[DEFAULT].ports(design)["s_axis"].members == ("tdata", "tvalid", "tready", "tlast", "tkeep")
    assert len(TOPS[DEFAULT].ports(design)["s_axis"].tkeep) == 2
    for name in ACCELERATORS:
        if name in STREAMED:
            TOPS[name].require(design)
        else:
            with pytest.raises(UserError, match=f"{name} has no streams: leave out tkeep"):
                TOPS[name].require(design)


@pytest.mark.parametrize("name", STREAMED)
def test_a_beat_is_an_event_where_these_are_taken(name):
    assert len(TOPS[name].ports(Design(network_of(9), pixels=2))["s_axis"].tdata) == 32
