"""Pixels become spikes in time order: a bucket sort by linked lists."""

from myhdl import Signal, always, always_comb, block, concat, intbv, modbv

from rtl_model.encoder.encoder_bank import encoder_bank
from rtl_model.encoder.frame_loader import frame_loader
from rtl_model.encoder.last_entry import last_entry
from rtl_model.encoder.step_scheduler import step_scheduler
from rtl_model.encoder.successor_memory import successor_memory
from rtl_model.encoder.way_arbiter import way_arbiter
from rtl_model.parts.hierarchy import submodule, submodule_array
from rtl_model.parts.streams import BeatStream
from rtl_model.shape.placement import bank_row_bits


@block
def spike_encoder(clk, rst, s_axis, m_spike, control, *, masks, pixels, step_bits):
    """Takes images of `len(masks)` beats of `pixels` 8-b pixels (1, 2, 4, 8 or 16), gives the spikes of each in time
    order.

    A pixel costs its beat and, when it is not black and in its beat's mask, one place in a cycle on its way. Way k of
    `m_spike.ways` carries the pixels at places k * pixels / ways .. of the beats. Steps without spikes cost nothing; an
    image without spikes gives one transfer that says `end`. Two buffers: an image is loaded while the one before is
    drained.

    `control` as ImageControl asks of a front end. Latency: eight cycles from the final beat to the first transfer when
    idle, five from `decide` when the next image waits. Back-pressure: `s_axis.tready` is low while both buffers are
    taken; a transfer on `m_spike` waits for `ready`.
    """
    ways = m_spike.ways
    way_banks = pixels // ways
    row_bits = bank_row_bits(len(masks))
    entry_bits = row_bits + 1  # of a successor
    all_ways = 2 ** ways - 1

    beat = BeatStream(pixels, row_bits, step_bits)
    epoch0 = Signal(modbv(0)[step_bits:])
    epoch1 = Signal(modbv(0)[step_bits:])
    open_step = Signal(bool(0))
    opened = Signal(bool(0))
    take_heads = Signal(bool(0))
    keep_heads = Signal(bool(0))
    fetch_step0 = Signal(intbv(0)[step_bits:])
    fetch_step1 = Signal(intbv(0)[step_bits:])
    drain_buffer = Signal(bool(0))
    advance = Signal(bool(0))
    closing = Signal(bool(0))
    step_is_open = Signal(bool(0))
    step = Signal(intbv(0)[step_bits:])
    final_step = Signal(bool(0))
    grant = Signal(intbv(0)[pixels:])
    ready = Signal(intbv(0)[pixels:])
    more = Signal(intbv(0)[pixels:])
    first_live = Signal(intbv(0)[pixels:])
    first_more = Signal(intbv(0)[pixels:])
    arriving = Signal(intbv(0)[pixels:])
    will_follow = Signal(intbv(0)[pixels:])
    rows = Signal(intbv(0)[pixels * row_bits:])
    replaced = Signal(intbv(0)[pixels * entry_bits:])
    found = Signal(intbv(0)[pixels * entry_bits:])
    gives = Signal(intbv(0)[ways:])
    finishing = Signal(intbv(0)[ways:])
    granted_rows = Signal(intbv(0)[ways * m_spike.row_bits:])
    chosen_valid = Signal(bool(0))
    chosen_mask = Signal(intbv(0)[ways:])
    chosen_step = Signal(intbv(0)[step_bits:])
    chosen_last = Signal(bool(0))
    chosen_end = Signal(bool(0))
    write_address = Signal(intbv(0)[1 + row_bits:])
    read_addresses = Signal(intbv(0)[ways * (1 + row_bits):])

    loader = submodule("loader", frame_loader, clk=clk, rst=rst, s_axis=s_axis, m_beat=beat, epoch0=epoch0,
                       epoch1=epoch1, freed=control.flush, masks=masks, pixels=pixels, step_bits=step_bits)
    scheduler = submodule("scheduler", step_scheduler, clk=clk, rst=rst, insert=beat.insert, scrub=beat.scrub,
                          buffer=beat.buffer, steps=beat.steps, lit=beat.lit, final_beat=beat.final, bad=beat.bad,
                          decide=control.decide, flush=control.flush, space=control.space, advance=advance,
                          closing=closing, step_is_open=step_is_open, open_step=open_step, opened=opened,
                          fetch_step0=fetch_step0, fetch_step1=fetch_step1, drain_buffer=drain_buffer,
                          drain_bad=control.bad_frame, step=step, final_step=final_step, banks=pixels,
                          step_bits=step_bits)
    banks = submodule_array(
        "bank", encoder_bank, pixels,
        shared=dict(clk=clk, clear=control.clear, insert=beat.insert, scrub=beat.scrub, touch=beat.touch,
                    buffer=beat.buffer, beat_row=beat.row, epoch0=epoch0, epoch1=epoch1, drain_buffer=drain_buffer,
                    open_step=open_step, take_heads=take_heads, keep_heads=keep_heads, advance=advance,
                    fetch_step0=fetch_step0, fetch_step1=fetch_step1),
        sliced=dict(beat_step=[(beat.early_steps, step_bits)], lit=[(beat.lit, 1)], grant=[(grant, 1)],
                    found=[(found, entry_bits)]),
        constant={},
        gathered=dict(replaced=(replaced, Signal(intbv(0)[entry_bits:])), first_live=(first_live, Signal(bool(0))),
                      first_more=(first_more, Signal(bool(0))), ready=(ready, Signal(bool(0))),
                      more=(more, Signal(bool(0))), arriving=(arriving, Signal(bool(0))),
                      will_follow=(will_follow, Signal(bool(0))), row=(rows, Signal(intbv(0)[row_bits:]))),
        beats=len(masks))
    arbiters = submodule_array(
        "arbiter", way_arbiter, ways, shared=dict(clk=clk, advance=advance),
        sliced=dict(ready=[(ready, way_banks)], more=[(more, way_banks)], rows=[(rows, way_banks * row_bits)]),
        constant={}, gathered=dict(grant=(grant, Signal(intbv(0)[way_banks:])), gives=(gives, Signal(bool(0))),
                      row=(granted_rows, Signal(intbv(0)[m_spike.row_bits:]))),
        banks=way_banks, row_bits=row_bits)
    last_entries = submodule_array(
        "last_entries", last_entry, ways, shared=dict(clk=clk, advance=advance, open_step=open_step),
        sliced=dict(first_live=[(first_live, way_banks)], first_more=[(first_more, way_banks)],
                    ready=[(ready, way_banks)], arriving=[(arriving, way_banks)],
                    will_follow=[(will_follow, way_banks)]),
        constant={}, gathered=dict(finishing=(finishing, Signal(bool(0)))), banks=way_banks)
    successors = submodule_array(
        "successor", successor_memory, ways, shared=dict(clk=clk, write=beat.insert, write_address=write_address),
        sliced=dict(replaced=[(replaced, way_banks * entry_bits)], read_address=[(read_addresses, 1 + row_bits)]),
        constant={}, gathered=dict(found=(found, Signal(intbv(0)[way_banks * entry_bits:]))), depth=2 << row_bits)

    @always_comb
    def control_flow():
        advance.next = not m_spike.valid or m_spike.ready
        write_address.next = concat(beat.buffer, beat.row)

    @always_comb
    def control_heads():
        take_heads.next = opened and advance
        keep_heads.next = opened and not advance

    @always_comb
    def close_step():
        closing.next = step_is_open and advance and finishing == all_ways

    @always_comb
    def address_successors():
        addresses = intbv(0)[ways * (1 + row_bits):]
        for way in range(ways):
            for b in range(row_bits):
                addresses[way * (1 + row_bits) + b] = granted_rows[(way + 1) * m_spike.row_bits - row_bits + b]
            addresses[way * (1 + row_bits) + row_bits] = drain_buffer
        read_addresses.next = addresses

    @always(clk.posedge)
    def choose():
        if advance:
            chosen_valid.next = step_is_open and (gives != 0 or closing)
            chosen_mask.next = gives
            chosen_step.next = step
            chosen_last.next = closing
            chosen_end.next = closing and final_step
        if control.clear:
            chosen_valid.next = 0

    @always(clk.posedge)
    def send():
        if advance:
            m_spike.valid.next = chosen_valid
            m_spike.mask.next = chosen_mask
            m_spike.rows.next = granted_rows
            m_spike.step.next = chosen_step
            m_spike.last.next = chosen_last
            m_spike.end.next = chosen_end
        if control.clear:
            m_spike.valid.next = 0

    return (loader, scheduler, banks, arbiters, last_entries, successors, control_flow, control_heads, close_step,
            address_successors, choose, send)
