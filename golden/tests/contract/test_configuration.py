"""What a user may choose, and the sentences that refuse the rest."""

import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from tb.helpers.random_networks import random_layer, worded_network


def network_of(*sizes):
    """A dense network with these neurons in its layers."""
    rng, edges = np.random.default_rng(1), (3, *sizes)
    layers = [random_layer(rng, *edges[k:k + 2], 4, shared=True) for k in range(len(sizes))]
    return Network(4, (1, 3), layers, [f"class {j}" for j in range(sizes[-1])])


def refuse(sentence, make):
    with pytest.raises(UserError) as caught:
        make()
    assert str(caught.value) == sentence


def test_streams_are_as_wide_as_the_beats_that_are_cut_from_them():
    network = network_of(4)
    events = replace(network, most_events=9)
    assert Design(network).stream_bits == 64 and Design(events).stream_bits == Design(events).beat_bits == 32
    assert Design(network, stream_bits=64).stream_bits == 64
    assert (Design(network, stream_bits=512).stream_bits, Design(network, pixels=1).beat_bits) == (512, 8)
    assert Design(events, stream_bits=256, tkeep=1).stream_bits == 256
    refuse("a stream of 32 bits is narrower than a beat of 64: choose 64 bits or more, or fewer pixels per beat",
           lambda: Design(network, stream_bits=32))
    refuse("a beat of 256 bits holds several events, and the last one may hold fewer: it needs TKEEP, which says how "
           "many", lambda: Design(events, stream_bits=256))
    refuse("bits of a beat of the stream must be 0, 32, 64, 128, 256 or 512, found 48",
           lambda: Configuration(stream_bits=48))
    refuse("bits of TID must be from 0 to 32, found 33", lambda: Configuration(tid_bits=33))


def test_the_last_beat_of_an_image_may_be_short():
    network = network_of(4)  # of three inputs
    assert [Design(network, pixels=pixels).beats for pixels in (1, 2, 4)] == [3, 2, 1]
    assert Design(replace(network, most_events=9)).beats is None


def test_options_of_streams_are_said_where_they_are_chosen():
    design = Design(network_of(4), tkeep=1, tuser_bits=2)
    assert design.configuration.stream_options == ("tkeep", "tuser_bits")
    assert set(design.settings) - set(Design(network_of(4)).settings) == {"tkeep", "tuser_bits"}


def test_settings_are_those_that_say_something_of_the_network():
    network = network_of(4)
    pixels, events = (set(Design(each).settings) for each in (network, replace(network, most_events=9)))
    assert pixels - events == {"pixels", "events_per_cycle"} and events < pixels
    maps = worded_network(np.random.default_rng(1), "conv 2 2x2 pool 2, dense 2", (3, 3), (2, 2), 4)
    assert set(Design(maps).settings) - pixels == {"potential_memory"} and pixels < set(Design(maps).settings)


def test_lanes_are_all_neurons_unless_chosen():
    assert Configuration().layer_lanes((128, 10)) == (128, 10)


def test_one_number_of_lanes_is_capped_at_each_layer():
    assert Configuration((32,)).layer_lanes((128, 10)) == (32, 10)
    assert Configuration([128]).layer_lanes((128, 10)) == (128, 10)


def test_one_number_need_be_in_no_tuple():
    assert Configuration(lanes=8) == Configuration((8,)) and Configuration(lanes=8).layer_lanes((128, 4)) == (8, 4)
    assert Configuration(taps="row") == Configuration(taps=("row",)) and Configuration(taps=1) == Configuration()
    for lanes in (True, "8", 2.5, None):
        refuse(f"lanes must be positive integers, found {lanes!r}", lambda: Configuration(lanes=lanes))


@pytest.mark.parametrize("lanes", [np.int64(4), np.array(4), np.array([4, 2]), [np.uint8(4), 2]])
def test_numbers_of_numpy_are_numbers(lanes):
    """As Python's own from then on, for JSON; those with a point stay refused."""
    network = network_of(5, 3)
    design = Design(network, lanes=lanes, pixels=np.int32(4), spikes_per_cycle=np.array(2), weights=np.str_("loadable"))
    own = Design(network, lanes=np.array(lanes).tolist(), pixels=4, spikes_per_cycle=2, weights="loadable")
    assert json.dumps(design.settings) == json.dumps(own.settings) and design.configuration == own.configuration
    assert json.dumps(design.configuration.__dict__) == json.dumps(own.configuration.__dict__)
    refuse("pixels per beat must be 1, 2, 4, 8 or 16, found 4.0", lambda: Design(network, pixels=np.float64(4)))
    refuse("lanes must be positive integers, found 4.0", lambda: Design(network, lanes=np.array([4.0, 2.0])))


def test_a_number_for_each_layer_is_taken_as_it_is():
    assert Configuration((128, 1)).layer_lanes((128, 10)) == (128, 1)


@pytest.mark.parametrize("lanes, found", [((0,), "0"), ((4, -1), "-1"), ((True,), "True"), ((2.0,), "2.0"),
                                          (("3",), "'3'")])
def test_lanes_are_positive_integers(lanes, found):
    refuse(f"lanes must be positive integers, found {found}", lambda: Configuration(lanes))


@pytest.mark.parametrize("count", [2, 4])
def test_as_many_numbers_of_lanes_as_layers(count):
    refuse(f"{count} numbers of lanes for 3 layers: give one for all layers, or 3",
           lambda: Configuration((1,) * count).layer_lanes((5, 5, 5)))


def test_no_more_lanes_than_neurons():
    refuse("11 lanes for the 10 neurons of layer 1: choose at most 10",
           lambda: Configuration((128, 11)).layer_lanes((128, 10)))
    refuse("129 lanes for layers of 128 and 10 neurons: choose at most 128",
           lambda: Configuration((129,)).layer_lanes((128, 10)))


@pytest.mark.parametrize("pixels", [0, 3, 32, -1, True, "8", 2.5])
def test_pixels_are_a_power_of_two_up_to_16(pixels):
    refuse(f"pixels per beat must be 1, 2, 4, 8 or 16, found {pixels!r}", lambda: Configuration(pixels=pixels))


@pytest.mark.parametrize("spikes", [0, 3, 8])
def test_spikes_per_cycle(spikes):
    refuse(f"spikes per cycle must be 1, 2 or 4, found {spikes}", lambda: Configuration(spikes_per_cycle=spikes))


@pytest.mark.parametrize("events", [0, 3, 4])
def test_events_per_cycle(events):
    refuse(f"events per cycle must be 1 or 2, found {events}", lambda: Configuration(events_per_cycle=events))


def test_two_events_need_two_pixels():
    refuse("2 events per cycle need at least 2 pixels per beat, found 1: choose more pixels per beat or 1 event per "
           "cycle",
           lambda: Configuration(pixels=1, events_per_cycle=2))
    assert Configuration(pixels=2, events_per_cycle=2).layer_ways(network_of(5)) == (2,)


@pytest.mark.parametrize("spikes, lanes, ways", [
    (4, (128, 7, 4, 3, 2, 1, 9), (1, 4, 4, 4, 2, 2, 1)),
    (2, (128, 7, 4, 3, 2, 1, 9), (1, 2, 2, 2, 2, 2, 1)),
    (1, (128, 7, 4, 3, 2, 1, 9), (1, 1, 1, 1, 1, 1, 1)),
])
def test_ways_are_powers_of_two_and_no_more_than_lanes(spikes, lanes, ways):
    assert Configuration(lanes, spikes_per_cycle=spikes).layer_ways(network_of(*lanes)) == ways


def test_a_convolution_takes_one_spike_a_cycle_and_its_lanes_are_channels():
    text = "conv 6 2x2, conv 5 2x2 pool 2, dense 7, dense 2"
    network = worded_network(np.random.default_rng(1), text, (6, 6), (4, 4, 4, 4), 8)
    assert network.widths == (6, 5, 7, 2)
    assert Configuration(events_per_cycle=2).layer_ways(network) == (1, 1, 4, 4)
    # so that only such a network has potentials to choose the memory of
    assert Design(network, potential_memory="distributed").settings["potential_memory"] == "distributed"
    assert "potential_memory" not in Design(network_of(4), potential_memory="distributed").settings


@pytest.mark.parametrize("options, sentence", [
    (dict(), "SPRAM has no contents when a device starts: it needs loadable weights"),
    (dict(weights="loadable", weight_banks=2), "SPRAM has one port, so that no bank can be loaded while another one "
     "works: choose 1 weight bank, or block RAM, found 2 weight banks")])
def test_spram_is_for_one_bank_of_loaded_weights(options, sentence):
    refuse(sentence, lambda: Configuration(weight_memory="spram", **options))
    assert Configuration(weight_memory="spram", weights="loadable").in_spram


def test_the_memory_of_potentials_and_of_weights():
    refuse("the memory of potentials must be block or distributed, found 'lut'",
           lambda: Configuration(potential_memory="lut"))
    refuse("the memory of weights must be block or spram, found 'lut'", lambda: Configuration(weight_memory="lut"))


def test_what_is_chosen_where_nothing_is_said():
    made = Configuration()
    assert (made.lanes, made.pixels, made.spikes_per_cycle, made.events_per_cycle, made.taps) == ((), 8, 4, 1, (1,))
    assert (made.weights, made.weight_banks, made.potential_margin, made.weight_memory) == ("constants", 1, 0, "block")
    assert not made.is_loadable and not made.in_spram and Configuration(taps=[]).taps == (1,)
    assert Configuration([3]) == Configuration((3,)) != Configuration((4,))
    with pytest.raises(FrozenInstanceError):
        made.pixels = 4


@pytest.mark.parametrize("name, allowed, wrong, sentence", [
    ("pixels", (1, 2, 4, 8, 16), (0, 3, 5, 9, 15, 17), "pixels per beat must be 1, 2, 4, 8 or 16"),
    ("spikes_per_cycle", (1, 2, 4), (0, 3, 5), "spikes per cycle must be 1, 2 or 4"),
    ("events_per_cycle", (1, 2), (0, 3), "events per cycle must be 1 or 2"),
    ("weight_banks", (1, 2), (0, 3), "weight banks must be 1 or 2"),
    ("potential_margin", range(9), (-1, 9, True), "the margin of potentials must be 0, 1, 2, 3, 4, 5, 6, 7 or 8"),
    ("weights", ("constants", "loadable"), ("", "loaded"), "weights must be constants or loadable")])
def test_all_that_may_be_chosen(name, allowed, wrong, sentence):
    for value in allowed:
        assert getattr(Configuration(**{"weights": "loadable"} | {name: value}), name) == value
    for value in wrong:
        refuse(f"{sentence}, found {value!r}", lambda: Configuration(**{"weights": "loadable"} | {name: value}))


@pytest.mark.parametrize("options", [dict(weight_banks=2), dict(potential_margin=1)])
def test_constants_have_neither_banks_nor_a_margin(options):
    refuse("several weight banks, and a margin of potentials, need loadable weights: constants have neither",
           lambda: Configuration(**options))


def network_of_rows():
    """A convolution whose spikes reach two columns; one at steps as wide as its kernel; one of one position; a dense
    layer."""
    return worded_network(np.random.default_rng(1), "conv 2 1x2 stride 2x1, conv 3 3x2 stride 1x2, conv 4 1x2, dense 2",
                          (5, 5), (4,) * 4, 8)


def test_a_row_of_taps_is_for_layers_that_have_one():
    network = network_of_rows()
    assert [layer.positions for layer in network.layers] == [12, 2, 1, 1]
    assert Configuration(taps=("row",)).layer_taps(network) == ("row", 1, 1, 1)
    assert Configuration().layer_taps(network) == (1, 1, 1, 1)
    assert Configuration(taps=("row", 1, 1, 1)).layer_taps(network) == ("row", 1, 1, 1)
    assert Configuration(taps=(1, 1, 1, 1)).layer_taps(network) == (1, 1, 1, 1)
    refuse("a row of taps does not fit layer 1: it has a kernel of 3 x 2 at steps of 1 x 2, with which no spike "
           "reaches two columns; choose 1", lambda: Configuration(taps=("row", "row", 1, 1)).layer_taps(network))
    for layer, taps in ((2, (1, 1, "row", 1)), (3, (1, 1, 1, "row"))):
        refuse(f"a row of taps does not fit layer {layer}: it has a single position; choose 1",
               lambda: Configuration(taps=taps).layer_taps(network))
    for count in (2, 5):
        refuse(f"{count} numbers of taps for 4 layers: give one for all layers, or 4",
               lambda: Configuration(taps=(1,) * count).layer_taps(network))
    refuse("taps must be 1 or row, found 0", lambda: Configuration(taps=(0,)))
    refuse("taps must be 1 or row, found 2", lambda: Configuration(taps=(1, 2)))


def test_events_of_a_recording_come_one_a_cycle():
    network = replace(network_of(7, 5), most_events=3)
    assert Configuration(events_per_cycle=2).layer_ways(network) == (1, 4)
    assert Configuration(events_per_cycle=2).layer_ways(network_of(7, 5)) == (2, 4)


def test_what_is_tried_of_an_option_is_a_few_of_its_values():
    for option in Configuration.options():
        assert not option.values or set(option.tried) <= set(option.values)
        assert len(set(option.tried)) == len(option.tried) != 1, option.name
