"""The tables of the network that is loaded: its facts in registers, those of its layers in block RAM."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from first_spike.golden.contract.processor import FIELD_BITS, FIELD_SLOTS, HEADER_FIELDS, LAYER_FIELDS, MAP_FIELDS
from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM
from first_spike.rtl_model.parts.myhdl_internals import like
from first_spike.rtl_model.parts.streams import bits_for


@block
def bank_header(clk, s_write, kept, m_facts, m_mask):
    """Where there are two banks: the header of the one that is loaded is kept until that is in use.

    Ports:
        s_write: the banks
        kept: the header that was loaded last
        m_facts: that of the network in use
        m_mask: masks are told the banks
    """
    before = Signal(bool(0))

    @always(clk.posedge)
    def change():
        """One cycle behind the bank."""
        before.next = s_write.in_use
        if s_write.in_use != before:
            m_facts.beats.next = kept.beats
            m_facts.step_shift.next = kept.step_shift
            m_facts.layers.next = kept.layers
            m_facts.classes.next = kept.classes
            m_facts.class_word.next = kept.class_word
            m_facts.events.next = kept.events
            m_facts.last_input.next = kept.last_input
            m_facts.most_events.next = kept.most_events

    @always_comb
    def tell_banks():
        """Masks are in both."""
        m_mask.bank.next = s_write.bank
        m_mask.in_use.next = s_write.in_use

    return change, tell_banks


@block
def network_tables(clk, s_write, m_facts, m_mask, fetch, layer, m_layer, fetched, *, slots, beats):
    """Keeps the tables of a load, and reads the slot of a layer field by field.

    Ports:
        s_write: the payload of a load
        m_facts: its header, with two banks that of the one in use
        m_mask: its masks
        fetch: read the slot of `layer`; what is being read is given up
        layer: number of the layer, from `fetch` to `fetched`
        m_layer: its slot, while `fetched`
        fetched: it is complete
    Outputs: fetched
    Parameters:
        slots: of layers
        beats: masks
    Latency: three cycles and one for each field from `fetch`.
    """
    count = len(m_layer.members)
    slot_words = FIELD_SLOTS if count <= FIELD_SLOTS else 2 * FIELD_SLOTS
    address_bits = bits_for(slot_words * slots)
    first_mask = slot_words * (1 + slots)
    end_of_masks = first_mask + beats
    mask_bits, pixels = len(m_mask.address), len(m_mask.data)
    beats_bits, shift_bits, layers_bits, classes_bits, class_word_bits, _, last_input_bits, most_events_bits = (
        len(getattr(m_facts, name)) for name in HEADER_FIELDS)
    weights_bits, starts_bits, inputs_bits, folds_bits, word_bits, _ = (
        len(getattr(m_layer, name)) for name in LAYER_FIELDS)
    in_slots = Signal(bool(0))
    place = Signal(modbv(0)[address_bits:])
    mask_place = Signal(modbv(0)[len(s_write.place):])
    address = Signal(intbv(0)[address_bits:])
    found, word = Signal(intbv(0)[FIELD_BITS:]), Signal(intbv(0)[FIELD_BITS:])
    number = Signal(modbv(0)[bits_for(slot_words):])
    read, arrived = Signal(intbv(0)[bits_for(slot_words):]), Signal(intbv(0)[bits_for(slot_words):])
    fetching, reading, arriving = Signal(bool(0)), Signal(bool(0)), Signal(bool(0))

    words_block, banks = words_of(s_write)
    slot_memory = submodule("slots", words_block, module="slot_words", clk=clk, write=in_slots, place=place, part=None,
                            data=s_write.data, address=address, word=found, words=slot_words * slots,
                           part_bits=FIELD_BITS, style=BLOCK_RAM, **banks)
    kept, headers = m_facts, ()
    if banks:
        kept = m_facts.copy(like)
        headers = inlined("header", bank_header(clk, s_write, kept, m_facts, m_mask))

    @always_comb
    def find_place():
        """A slot's field in block RAM."""
        in_slots.next = s_write.valid and s_write.place >= slot_words and s_write.place < first_mask
        place.next = s_write.place[address_bits:] - slot_words
        address.next = concat(layer, number)

    @always_comb
    def find_beat():
        """The beat that a mask is for."""
        m_mask.select.next = s_write.valid and s_write.place >= first_mask and s_write.place < end_of_masks
        mask_place.next = s_write.place - first_mask
        m_mask.data.next = s_write.data[pixels:]

    @always_comb
    def tell_beat():
        """Its number."""
        m_mask.address.next = mask_place[mask_bits:]

    @always(clk.posedge)
    def keep_header():
        """The facts of the network."""
        if s_write.valid:
            if s_write.place == 0:
                kept.beats.next = s_write.data[beats_bits:]
            if s_write.place == 1:
                kept.step_shift.next = s_write.data[shift_bits:]
            if s_write.place == 2:
                kept.layers.next = s_write.data[layers_bits:]
            if s_write.place == 3:
                kept.classes.next = s_write.data[classes_bits:]
            if s_write.place == 4:
                kept.class_word.next = s_write.data[class_word_bits:]
            if s_write.place == 5:
                kept.events.next = s_write.data[0]
            if s_write.place == 6:
                kept.last_input.next = s_write.data[last_input_bits:]
            if s_write.place == 7:
                kept.most_events.next = s_write.data[most_events_bits:]

    @always(clk.posedge)
    def walk_slot():
        """Field after field, which is there two cycles after its address, behind a register."""
        reading.next = fetching
        read.next = number
        word.next = found
        arriving.next = reading
        arrived.next = read
        if fetching:
            number.next = number + 1
            if number == count - 1:
                fetching.next = 0
                number.next = 0
        if arriving and arrived == count - 1:
            fetched.next = 1
        if fetch:
            fetching.next = 1
            number.next = 0
            reading.next = 0
            arriving.next = 0
            fetched.next = 0

    @always(clk.posedge)
    def take_fields():
        """Each in its register."""
        if arriving:
            if arrived == 0:
                m_layer.weights.next = word[weights_bits:]
            if arrived == 1:
                m_layer.starts.next = word[starts_bits:]
            if arrived == 2:
                m_layer.inputs.next = word[inputs_bits:]
            if arrived == 3:
                m_layer.folds.next = word[folds_bits:]
            if arrived == 4:
                m_layer.word.next = word[word_bits:]
            if arrived == 5:
                m_layer.parts.next = word[0]

    if count == len(LAYER_FIELDS):
        return slot_memory, headers, find_place, find_beat, tell_beat, keep_header, walk_slot, take_fields

    positions_bits, row_words_bits, row_weights_bits, column_weights_bits = (
        len(getattr(m_layer, name)) for name in MAP_FIELDS)

    @always(clk.posedge)
    def take_map_fields():
        """Those of a map."""
        if arriving:
            if arrived == 6:
                m_layer.positions.next = word[positions_bits:]
            if arrived == 7:
                m_layer.row_words.next = word[row_words_bits:]
            if arrived == 8:
                m_layer.row_weights.next = word[row_weights_bits:]
            if arrived == 9:
                m_layer.column_weights.next = word[column_weights_bits:]

    return slot_memory, headers, find_place, find_beat, tell_beat, keep_header, walk_slot, take_fields, take_map_fields
