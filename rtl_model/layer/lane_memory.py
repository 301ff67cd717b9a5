"""What the lanes of a folded layer with loaded weights keep of their neurons, and what those begin with."""

from myhdl import Signal, always, always_comb, block, concat, delay, instance, intbv

from first_spike.rtl_model.parts.hierarchy import inlined, verilog
from first_spike.rtl_model.parts.target import is_converting


@block
def lane_memory(clk, s_write, store, fold, kept, early_fold, early_fresh, entries, *, lanes, folds, start_bits,
                potential_bits, entry_bits):
    """For each lane and fold {fired, potential}, or the potential alone, and beside it what that begins with: {0,
    -threshold - 1}, of which `start_bits` bits are loaded, with ones above them.

    So a loaded start value costs no register and no multiplexer, and all lanes share the words of a memory.

    Ports:
        s_write: a start value at the address {fold, lane}
        store: `kept` is stored, unless there is a start value: images wait while these are loaded
        fold: for which neurons
        kept: of each lane an entry, lane 0 in the lowest bits
        early_fold: whose entries are wanted
        early_fresh: and whether it is what they begin with
        entries: those, in the same cycle
    Outputs: entries
    Parameters:
        lanes: neurons that are worked on side by side
        folds: how often that is done for a transfer
        start_bits: that are written of a start value
        potential_bits: of a potential
        entry_bits: of an entry, one more where it says who has fired
    """
    lane_bits = (lanes - 1).bit_length()
    write_bits = len(s_write.address)
    width = lanes * entry_bits
    place, source = Signal(intbv(0)[len(fold) + 1:]), Signal(intbv(0)[len(fold) + 1:])
    written = Signal(intbv(0)[lanes:])
    word = Signal(intbv(0)[width:])

    @always_comb
    def choose_word():
        """Entries have even places, what they begin with the odd ones."""
        source.next = concat(early_fold, early_fresh)
        place.next = concat(fold, False)
        if s_write.select:
            place.next = concat(s_write.address[write_bits:lane_bits], True)

    @always_comb
    def choose_entry():
        """A start value goes to one lane, or with `store` every lane has an entry of its own."""
        value = intbv(0)[width:]
        value[:] = kept
        if s_write.select:
            for lane in range(lanes):
                for b in range(start_bits):
                    value[lane * entry_bits + b] = s_write.data[b]
                for b in range(start_bits, potential_bits):
                    value[lane * entry_bits + b] = 1
                for b in range(potential_bits, entry_bits):
                    value[lane * entry_bits + b] = 0
        word.next = value

    if lanes == 1:

        @always_comb
        def choose_lane():
            """There is one."""
            written.next = store or s_write.select

    else:

        @always_comb
        def choose_lane():
            """A bit for each lane."""
            for lane in range(lanes):
                if s_write.select:
                    written.next[lane] = s_write.address[lane_bits:] == lane
                else:
                    written.next[lane] = store

    cells = inlined("cells", lane_words(clk, written, place, word, source, entries, words=2 * folds))

    return choose_word, choose_entry, choose_lane, cells


@block
def lane_words(clk, written, place, word, source, found, *, words):
    """A memory of `words` words: those parts of the one at `place` of which `written` has a bit become those of `word`;
    `found` is the word at `source`, in the same cycle.

    Outputs: found
    """
    lanes, width = len(written), len(word)
    bits = width // lanes
    if is_converting():
        text = "\n".join([
            f"(* no_rw_check *) reg [{width - 1}:0] words [0:{words - 1}];", "genvar part;",
            f"generate for (part = 0; part < {lanes}; part = part + 1) begin : parts",
            "    always @(posedge {clk}) if ({written}[part])",
            f"        words[{{place}}][part*{bits} +: {bits}] <= {{word}}[part*{bits} +: {bits}];",
            "end endgenerate", "assign {found} = words[{source}];"])
        return verilog("words", text, dict(clk=clk, written=written, place=place, word=word, source=source),
                       dict(found=found))

    contents, changed = [0] * (1 << len(place)), Signal(bool(0))
    masks = [(1 << bits) - 1 << bits * part for part in range(lanes)]

    @always(clk.posedge)
    def store():
        mask = sum(masks[part] for part in range(lanes) if int(written) >> part & 1)
        if mask:
            contents[int(place)] = contents[int(place)] & ~mask | int(word) & mask
            changed.next = not changed

    @instance
    def look_up():
        yield delay(0)
        while True:
            found.next = contents[int(source)]
            yield changed, source

    return store, look_up
