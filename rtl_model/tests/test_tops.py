"""The designs that stand by themselves."""

import inspect

import pytest

from golden.contract.configuration import Configuration
from rtl_model.tops import DEFAULT, STREAMED, TOPS


@pytest.mark.parametrize("name", TOPS)
def test_a_top_is_found_by_its_name_and_its_ports_are_those_of_its_block(name):
    top, configuration = TOPS[name], Configuration(pixels=4)
    assert top.name == name == top.block.__name__
    arguments = [each for each in inspect.signature(top.block).parameters.values()
                 if each.kind is not each.KEYWORD_ONLY]
    assert list(top.ports(configuration)) == [each.name for each in arguments if each.default is each.empty]
    assert set(top.parameters) < set(inspect.signature(top.block).parameters)
    assert set(top.outputs) < set(top.ports(configuration))
    if name == DEFAULT:
        assert list(top.ports(Configuration(weights="loaded"))) == [each.name for each in arguments]
    if name in STREAMED:
        assert len(top.ports(configuration)["s_axis"].tdata) == 32
    assert top.ports(configuration)["clk"] is not top.ports(configuration)["clk"]
