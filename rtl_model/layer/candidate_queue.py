"""The words that wait for the end of their step."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.golden.contract.limits import CANDIDATES_AHEAD
from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.queue import queue
from first_spike.rtl_model.parts.streams import bits_for


@block
def candidate_queue(clk, clear, push, word, pop, head, filled, idle, *, depth, prefix):
    """First in, first out, in block RAM; the oldest few stand ready in a small queue in front of it.

    Ports:
        clear: forget everything
        push: add `word`; as it is in the queue once at the most, there is room for every word
        word: what is added
        pop: take the head away; not when there is none
        head: the oldest word, while `filled`
        filled: there is one
        idle: nothing is on its way to the head, and none is there
    Outputs: head, filled, idle
    Parameters:
        depth: words that there are
    Latency: four cycles from `push` to `filled`.
    Back-pressure: none.
    """
    width, place_bits = len(word), bits_for(depth)
    tail = Signal(modbv(0)[place_bits:])
    read = Signal(modbv(0)[place_bits:])
    count = Signal(intbv(0)[bits_for(depth + 1):])
    room = Signal(intbv(0)[bits_for(CANDIDATES_AHEAD + 1):])
    fetch = Signal(bool(0))
    reading = Signal(bool(0))
    arrives = Signal(bool(0))
    found = Signal(intbv(0)[width:])

    memory = submodule("memory", word_memory, module=f"{prefix}_memory", clk=clk, write=push, write_address=tail,
                       written=word, read_address=read, found=found, depth=1 << place_bits)
    front = submodule("front", queue, module=f"{prefix}_front", clk=clk, clear=clear, push=arrives, entry=found,
                      pop=pop, head=head, filled=filled, depth=CANDIDATES_AHEAD, margin=0)

    @always_comb
    def decide():
        """A word is fetched when there is a place for it in front."""
        fetch.next = count != 0 and room != 0
        idle.next = count == 0 and room == CANDIDATES_AHEAD

    @always(clk.posedge)
    def move():
        """How many words are in memory, where, and how many places in front are not promised."""
        reading.next = fetch and not clear
        arrives.next = reading and not clear
        if push:
            tail.next = tail + 1
        if fetch:
            read.next = read + 1
        if push and not fetch:
            count.next = count + 1
        elif fetch and not push:
            count.next = count - 1
        if pop and not fetch:
            room.next = room + 1
        elif fetch and not pop:
            room.next = room - 1
        if clear:
            tail.next = 0
            read.next = 0
            count.next = 0
            room.next = CANDIDATES_AHEAD

    return memory, front, decide, move
