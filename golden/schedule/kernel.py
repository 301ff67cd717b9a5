"""The accelerator's schedule, cycle by cycle, without its data: who holds what in which register.

Written from the rules that stand in cycles.py; a name here and in the files of the blocks is the name of the register
or wire in the hardware. Times of spikes are given, so that only their number and place matter.
"""

import numpy as np
from numba import njit

from first_spike.golden.schedule.encoder import BANK, ENCODER, move_encoder, reset_encoder
from first_spike.golden.schedule.event_loader import EVENT_LOADER, move_event_loader
from first_spike.golden.schedule.first_step import FIRST_WAY, new_queue
from first_spike.golden.schedule.pipeline import LAYER, is_decided, move_pipelines, show
from first_spike.golden.schedule.registers import ENTRY, registers
from first_spike.golden.schedule.rows import move_rows
from first_spike.golden.schedule.serializer import (
    BURST,
    SERIALIZER,
    clear_serializer,
    count_fires,
    list_fires,
    move_serializer,
)
from first_spike.golden.schedule.visits import move_map

READOUT = registers("decided pending delivered deciding", "space flush")


@njit(cache=True, nogil=True)
def run(times, beats, spikes, decisions, shape, numbers, maps):
    """valid[image]: the cycle in which its result is offered; the first beat is taken in cycle 0.

    times [n, inputs] of pixels, or Beats of events; spikes [n, hidden neurons of all layers], decisions [n] (number of
    steps: none); shape, numbers: as `golden.schedule.layers.describe` gives them; maps: Maps at the start.
    """
    layers = new_layers(numbers)
    out, vectors = len(layers) - 1, numbers.vectors
    lists, turn = np.zeros((shape.steps, shape.banks), np.int64), np.ones(shape.ways, np.bool_)
    banks, encoder, readout = np.zeros(shape.banks, BANK), np.zeros(1, ENCODER), np.zeros(1, READOUT)
    first, first_queue = np.zeros(shape.ways, FIRST_WAY), new_queue(shape.ways, shape.beats)
    loader = np.zeros(1, EVENT_LOADER)
    pipe = np.zeros((out + 1, numbers.registers.max()), ENTRY)
    queue = np.zeros((out + 1, numbers.depth.max() + 1), ENTRY)
    serializers, bursts = np.zeros(out + 1, SERIALIZER), np.zeros((out + 1, vectors.max()), BURST)
    fires = np.zeros((out + 1, (numbers.lanes * numbers.folds).max()), np.int64)
    reset(layers, pipe, serializers, encoder, readout)
    valid = np.zeros(len(decisions), np.int64)
    cycle = 0
    readout[0].space = True
    foresee(spikes[0], layers, numbers, bursts, fires)
    while readout[0].deciding < len(decisions):
        flush, space = readout[0].flush, readout[0].space
        if shape.takes_events:
            image = loader[0].image
            show(layers, pipe, loader[0], serializers, bursts, fires, maps)
        else:
            image = encoder[0].image
            show(layers, pipe, encoder[0], serializers, bursts, fires, maps)
        decide = not flush and is_decided(layers[out], decisions[image])
        for k in range(out):
            move_serializer(k, serializers[k], queue, bursts, layers[k], layers[k + 1].accept, flush)
        if shape.takes_events:
            move_event_loader(loader[0], beats, layers[0].accept, flush, space)
        else:
            move_encoder(encoder[0], banks, turn, lists, first, first_queue, times, shape, layers[0].accept, decide,
                         flush, space)
        move_pipelines(layers, pipe, flush)
        for k in range(out):
            if layers[k].is_map and maps.now[k].by_row:
                move_rows(k, maps, bursts[k], fires[k], layers[k].valid, layers[k].input, layers[k].last,
                          layers[k].token_end, layers[k].step, flush)
            elif layers[k].is_map:
                move_map(k, maps, bursts[k], fires[k], layers[k].valid, layers[k].input, layers[k].last,
                         layers[k].token_end, layers[k].step, flush)
        if flush:
            foresee(spikes[image + 1], layers, numbers, bursts, fires)
        move_readout(readout[0], valid, shape, decide, cycle)
        cycle += 1
    return valid


@njit(cache=True, nogil=True)
def foresee(spikes, layers, numbers, bursts, fires):
    """What the layers that are no maps will hand on of the image that begins, from `spikes` [hidden neurons]."""
    for k in range(len(layers) - 1):
        own = spikes[numbers.first[k]:numbers.first[k + 1]]
        if not layers[k].is_map:
            count_fires(own, layers[k], bursts[k, :numbers.vectors[k]])
            if layers[k + 1].is_map:
                list_fires(own, layers[k], bursts[k, :numbers.vectors[k]], fires[k])


@njit(cache=True, nogil=True)
def new_layers(numbers):
    """LAYER records of layers.Layers."""
    layers = np.zeros(len(numbers.folds), LAYER)
    for k in range(len(layers)):
        layer = layers[k]
        layer.lanes, layer.folds, layer.registers = numbers.lanes[k], numbers.folds[k], numbers.registers[k]
        layer.out_ways, layer.depth, layer.high = numbers.out_ways[k], numbers.depth[k], numbers.high[k]
        layer.holds, layer.is_map = numbers.holds[k], numbers.is_map[k]
    return layers


@njit(cache=True, nogil=True)
def reset(layers, pipe, serializers, encoder, readout):
    for k in range(len(layers)):
        for place in range(pipe.shape[1]):
            pipe[k, place].vector = -1
        clear_serializer(serializers[k])
    reset_encoder(encoder[0])
    readout[0].decided = -1


@njit(cache=True, nogil=True)
def move_readout(now, valid, shape, decide, cycle):
    """A decision has its result after the verdict; results leave one by one, and there is space for few."""
    pop = now.pending > 0 and valid[now.delivered] == cycle
    space = now.pending + int(now.flush) < shape.places and (
        shape.verdict_cycles <= shape.prompt or now.decided < 0 or cycle > now.decided + shape.verdict_cycles)
    if decide:
        valid[now.deciding] = cycle + shape.verdict_cycles + 1
        now.decided = cycle
        now.deciding += 1
    now.delivered += pop
    now.pending += int(now.flush) - int(pop)
    now.flush, now.space = decide, space
