"""What is claimed of the blocks of a processor."""

from first_spike.golden.contract.processor import MAGIC, MAP_FIELDS, Processor
from first_spike.rtl_model.parts.streams import AxiStream, SpikeStream
from first_spike.rtl_model.processor.bundles import LayerFacts, PayloadWrite, Reach, StepList, Steps, Visits
from first_spike.rtl_model.processor.load_receiver import load_receiver
from first_spike.rtl_model.processor.map_sequencer import map_sequencer
from first_spike.rtl_model.processor.position_walker import position_walker
from first_spike.rtl_model.processor.processor import processor
from first_spike.rtl_model.processor.spike_list import spike_list
from first_spike.rtl_model.processor.window_judge import window_judge
from first_spike.rtl_model.tops import processor_ports
from tb.formal.designs import UNBOUNDED, Claim, bit, bits, block

LOADED = Processor(lanes=8, weight_words=64, inputs=4, steps=2, neurons=16, words=4, layers=2, pixels=1)
MAPS = Processor(lanes=8, weight_words=64, inputs=16, steps=2, neurons=16, words=64, layers=2, pixels=4, kinds="all")
APART, LATEST = 90, 84  # cycles from one image to the next, and within which a result comes
WATCH, WINDOW = 21, 10  # a word of a map, and the window of that word and the one before
WORD_BITS = 6


def make_load_receiver():
    return load_receiver, dict(clk=bit(), rst=bit(), s_load=AxiStream(32), m_write=PayloadWrite(LOADED), present=bit(),
                               error=bits(3), limits=LOADED)


def make_spike_list(place_bits, drops):
    places = 1 << place_bits
    return spike_list, dict(clk=bit(), clear=bit(), s_spike=SpikeStream(1, 2, 2), m_list=StepList(places, 2),
                            leave=bit(), read=bits(place_bits), row=bits(2), places=places, drops=drops)


def make_window_judge():
    names = ("clk", "scatters", "sweeps", "pools", "marks", "push")
    return window_judge, dict({name: bit() for name in names}, s_write=PayloadWrite(MAPS), early_word=bits(WORD_BITS),
                              middle_word=bits(WORD_BITS), word=bits(WORD_BITS), exceeds=bits(MAPS.lanes),
                              fires=bits(MAPS.lanes), group_number=bits(WORD_BITS), limits=MAPS)


def make_map_sequencer():
    names = ("clk", "rst", "start", "fresh", "at_output", "closes", "hold", "opens", "over", "filled", "idle", "pop",
             "ends")
    visits = Visits(MAPS)
    return map_sequencer, dict({name: bit() for name in names}, candidate=bits(WORD_BITS), s_step=Steps(MAPS),
                               s_layer=LayerFacts(MAPS).only("starts", "folds", "word", "positions"),
                               m_visit=visits.only(*(name for name in visits.members if name != "fold")))


def make_position_walker():
    facts = LayerFacts(MAPS).only("inputs", "folds", "parts", *MAP_FIELDS)
    return position_walker, dict(clk=bit(), rst=bit(), opens=bit(), s_layer=facts,
                                 s_list=StepList(MAPS.neurons, 1).only("count", "complete"), s_reach=Reach(MAPS),
                                 m_step=Steps(MAPS), read=bits(4), over=bit())


def make_processor():
    return processor, dict(processor_ports(LOADED), limits=LOADED)


def largest_values(limits):
    """For each word of the tables of a load the largest value that is taken there, 16 bits each, as one number of
    Verilog, the first lowest."""
    number, size = 0, limits.slot_words
    for slot in range(1 + limits.layers):
        own = list((limits.layer_most if slot else limits.header_most).values())
        for place in range(size):
            number |= (own[place] if place < len(own) else (1 << 16) - 1) << 16 * (size * slot + place)
    for place in range(limits.first_mask, limits.first_weight):
        number |= limits.word_bits(place) << 16 * place
    return f"{16 * limits.first_weight}'h{number:x}"


def list_claim(name, place_bits, drops):
    return Claim(
        name, "a list of spikes is what was transferred, in order, and each spike is where it is told to be, though "
        "memory gives anything where reading meets writing" + (", and spikes without a place are dropped" * drops),
        f"two lists of {1 << place_bits} places", block(make_spike_list, place_bits=place_bits, drops=drops),
        "spike_list.sv", UNBOUNDED,
        [("spike_list.v", *(("s_spike_mask[0] && !filling[PLACE_BITS]", "s_spike_mask[0]") if drops else
                            ("s_spike_mask[0] && filling == PLACES - 1", "1'b0"))),
         ("spike_list.v", "read_address = {reading, read}", "read_address = {half, read}"),
         ("spike_list.v", "ends = s_spike_valid && !waits", "ends = s_spike_valid"),
         ("spike_list.v", "write = s_spike_valid && !waits", "write = s_spike_valid"),
         ("spike_list.v", "m_list_some <= waiting_some", "m_list_some <= full_some")],
        defines=dict(PLACE_BITS=place_bits, DROPS=int(drops)),
        instead={"list_memory_2": "any_list_memory.v"})


PROCESSOR_CLAIMS = [
    Claim(
        "load_receiver", "a network is there only behind a load whose every word is right, until the first word of the "
        "next; its words go to their places, inside of the memories, and into the CRC; the error is the first one",
        f"{LOADED.most_words} words at the most, any CRC", block(make_load_receiver), "load_receiver.sv", UNBOUNDED,
        [("load_receiver.v", "s_load_tdata[PLACE_BITS-1:0] > MOST_WORDS", "1'b0"),
         ("load_receiver.v", "s_load_tlast != (now == CRC)", "s_load_tlast && now == PAYLOAD"),
         ("load_receiver.v", "s_load_tdata[15:0] > field_most", "s_load_tdata[15:0] > field_most + 16'd1"),
         ("load_receiver.v", "rest <= rest >> 8", "rest <= rest >> 4")],
        defines=dict(PLACE_BITS=LOADED.most_words.bit_length(), MAGIC=f"32'd{MAGIC}",
                     IDENTITY=f"32'd{LOADED.identity}", FEWEST=LOADED.first_weight, MOST=LOADED.most_words,
                     FIELDS=LOADED.first_mask, TABLES=LOADED.first_weight, MOSTS=largest_values(LOADED)),
        inside={"load_receiver.v": "load_inside.v"}, instead={"crc32": "any_crc32.v"}, reach=60,
        induction=2),
    list_claim("spike_list", 2, False),
    list_claim("dropping_list", 1, True),
    Claim(
        "window_judge", "of the neurons of a window each fires once, whoever is tested first, and a word above its "
        "threshold is a candidate once until it is tested, though memories give anything where reading meets writing",
        "64 words, windows of two", block(make_window_judge), "window_judge.sv", UNBOUNDED,
        [("window_judge.v", "pool <= recent", "pool <= spiked"), ("window_judge.v", "&& queued == 0", ""),
         ("window_judge.v", "follows = pools && window == next_window", "follows = 0"),
         ("window_judge.v", "is_second || is_third || is_fourth", "is_second || is_third"),
         ("window_judge.v", "recent <= noted_1", "recent <= noted_2"),
         ("window_judge.v", "recent <= noted;", "recent <= noted_1;"),
         ("window_judge.v", "(queued != 0 || exceeds != 0)", "exceeds != 0")],
        defines=dict(WATCH=WATCH, WINDOW=WINDOW), instead={
            "window_words": "any_window_words.v", "pool_words_of_maps": "any_pool_words_of_maps.v",
            "queued_words": "any_queued_words.v"}),
    Claim(
        "position_walker", "no visit of a map reads a word that one ahead of it is still to write",
        "64 words, any spikes, reaches and layers", block(make_position_walker), "position_walker.sv", UNBOUNDED,
        [("position_walker.v", "k < INTERLOCK", "k < INTERLOCK - 1"),
         ("position_walker.v", "cycle < INTERLOCK - k", "cycle < INTERLOCK - 1 - k"),
         ("position_walker.v", "stands && m_step_last", "stands && m_step_first"),
         ("position_walker.v", "interlock_waiting >> 1", "interlock_waiting >> 2")]),
    Claim(
        "map_sequencer", "a map says that a step is over when every candidate was tested and none is under way",
        "any visits and stalls, outcomes eight cycles behind", block(make_map_sequencer), "map_sequencer.sv", UNBOUNDED,
        [("map_sequencer.v", "rest == DRAIN_CYCLES", "rest == DRAIN_CYCLES - 1"),
         ("map_sequencer.v", "now == TESTS && filled && !hold", "now == TESTS && filled")]),
    Claim(
        "processor", "the result of an image comes once, and is what plain loops over all steps and neurons make of "
        "its pixels, whatever network of its size is loaded, as the packer lays it out",
        f"2 inputs, hidden neurons and classes, T = {LOADED.steps}, weights of -1 to 2, thresholds of 1 or 2; the "
        f"payload of a load and an image behind a reset, without stalls; its result within {LATEST} cycles",
        block(make_processor), "processor_whole.sv", 178,
        [("layer_sequencer.v", "result_several || some || !result_lone", "result_several || some"),
         ("layer_sequencer.v", "fetched && !fetch && (m_list_some", "!fetch && (m_list_some"),
         ("layer_sequencer.v", "closes = s_input_closes || !of_input", "closes = 0"),
         ("processor_lane.v", "!fired && !membrane", "!membrane"),
         ("fold_sequencer.v", "m_visit_base = starts", "m_visit_base = weights"),
         ("class_finder.v", "rank > best", "rank >= best")],
        defines=dict(BEATS=LOADED.beats, WEIGHT_BITS=2, LEAST=1, THRESHOLD_BITS=1, IMAGES=1, APART=APART,
                     LATEST=LATEST),
        instead={"load_receiver": "any_payload.v", "weight_words": "any_weight_words.v"}, deep=True),
]
