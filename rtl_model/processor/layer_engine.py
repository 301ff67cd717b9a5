"""Spikes become the result of an image: layer after layer takes those of a step in, until an output neuron fires."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.processor import POTENTIAL_BITS
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.streams import SpikeStream, bits_for
from first_spike.rtl_model.processor.bundles import StepList
from first_spike.rtl_model.processor.class_finder import class_finder
from first_spike.rtl_model.processor.layer_pass import layer_pass
from first_spike.rtl_model.processor.layer_sequencer import layer_sequencer
from first_spike.rtl_model.processor.spike_list import spike_list


@block
def layer_engine(clk, rst, clear, s_spike, s_facts, s_layer, s_write, fetch, layer, fetched, step, bad, decide, space,
                 push, entry, *, limits):
    """Two lists, of input spikes and of those of the layer before, are read by turns; the class is the output neuron
    with the largest potential.

    Ports:
        clear: forget everything of the image
        s_spike: spikes of inputs
        s_facts: what is the same for every layer
        s_layer: what is to be known of `layer`, while `fetched`
        s_write: the payload of a load
        fetch: read what is to be known of `layer`
        layer: its number
        fetched: that is there
        step: the one that layer 0 took in last
        bad: the frame of this image is
        decide: a pulse: the image is decided and over
        space: a place for a result is left
        push: there is a result
        entry: {bad, tie, silent, decision time, class} of it
    Outputs: decide, entry, fetch, layer, push, step
    Parameters:
        limits: of the processor
    """
    hidden = SpikeStream(1, bits_for(limits.groups) + bits_for(limits.lanes), 1)
    input_list = StepList(limits.input_places, limits.step_bits)
    hidden_list = StepList(limits.neurons, 1)
    step_list = StepList(limits.neurons, 1).only("count", "some", "complete")
    input_row, hidden_row = Signal(intbv(0)[s_spike.row_bits:]), Signal(intbv(0)[hidden.row_bits:])
    row = Signal(intbv(0)[max(s_spike.row_bits, hidden.row_bits):])
    read = Signal(intbv(0)[bits_for(limits.neurons):])
    fires, potentials = Signal(intbv(0)[limits.lanes:]), Signal(intbv(0)[limits.lanes * (POTENTIAL_BITS + 1):])
    class_word, winner = Signal(intbv(0)[bits_for(limits.words):]), Signal(intbv(0)[bits_for(limits.neurons):])
    turns = Signal(intbv(0)[2:])
    (start, fresh, at_output, closes, ends, release_input, release_hidden, done, decides, fired, last_fold, found,
     reading) = (Signal(bool(0)) for _ in range(13))

    inputs = submodule("inputs", spike_list, module="input_list", clk=clk, clear=clear, s_spike=s_spike,
                       m_list=input_list, leave=release_input, read=read if limits.input_places == limits.neurons
                       else read(bits_for(limits.input_places), 0), row=input_row, places=limits.input_places)
    spikes = submodule("spikes", spike_list, module="hidden_list", clk=clk, clear=clear, s_spike=hidden,
                       m_list=hidden_list, leave=release_hidden, read=read, row=hidden_row, places=limits.neurons,
                       drops=limits.takes_maps)
    layers = submodule("layers", layer_sequencer, clk=clk, rst=rst, s_facts=s_facts.only("step_shift", "layers"),
                       s_input=input_list, s_hidden=hidden_list.only("count", "some", "complete"), fetch=fetch,
                       layer=layer, fetched=fetched, start=start, fresh=fresh, at_output=at_output, closes=closes,
                       m_list=step_list, ends=ends, release_input=release_input, release_hidden=release_hidden,
                       done=done, decides=decides, fires=fires, fired=fired, last_fold=last_fold, step=step, bad=bad,
                       decide=decide, found=found, winner=winner, space=space, push=push, entry=entry,
                       steps=limits.steps)
    worker = submodule("layer_pass", layer_pass, clk=clk, rst=rst, clear=clear, start=start, fresh=fresh,
                       at_output=at_output, closes=closes, s_layer=s_layer, s_list=step_list, s_write=s_write,
                       read=read, row=row, of_input=turns(1) if limits.takes_maps else None, ends=ends, done=done,
                       decides=decides, fires=fires, fired=fired, last_fold=last_fold, class_word=class_word,
                       reading=reading, potentials=potentials, m_spike=hidden, limits=limits)
    finder = submodule("finder", class_finder, clk=clk, rst=rst, start=decide,
                       s_facts=s_facts.only("classes", "class_word"), reading=reading, class_word=class_word,
                       potentials=potentials, found=found, winner=winner, limits=limits)
    for unused in (hidden_list.closes, hidden_list.final, hidden_list.step):  # what the sequencer knows by itself
        unused.read = True

    @always_comb
    def choose_row():
        """Of the list that was read two cycles ago."""
        row.next = hidden_row
        if turns[1]:
            row.next = input_row

    @always(clk.posedge)
    def take_turns():
        """Layer 0 reads the list of inputs."""
        turns.next = concat(turns[0], layer == 0)

    return inputs, spikes, layers, worker, finder, choose_row, take_turns
