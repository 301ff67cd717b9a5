"""The accelerator's schedule, cycle by cycle, without its data: who holds what in which register.

Written from the rules that stand in cycles.py; a name here and in the files of the blocks is the name of the register
or wire in the hardware. Times of spikes are given, so that only their number and place matter.
"""

import numpy as np
from numba import njit

from first_spike.golden.schedule.encoder import BANK, ENCODER, move_encoder, reset_encoder
from first_spike.golden.schedule.first_step import EVENT_LOADER, FIRST_WAY, move_event_loader, new_queue
from first_spike.golden.schedule.maps import ENTRY, NONE, NOTHING, registers
from first_spike.golden.schedule.rows import move_rows, show_rows
from first_spike.golden.schedule.serializer import (
    BURST,
    SERIALIZER,
    clear_serializer,
    count_fires,
    list_fires,
    move_serializer,
)
from first_spike.golden.schedule.visits import move_map, show_map

# What the layer is like, see layers.Layers; then its registers; then its wires: `token` is what a layer without map
# makes of the transfer in front of it, if that is its step's last; the others are the transfer itself.
LAYER = registers("lanes folds registers out_ways depth high fold token fire input step",
                  "holds is_map hold go accept token_end fire_end valid last")


@njit(cache=True, nogil=True)
def show(layers, pipe, encoder, serializers, bursts, lists, maps):
    """What the registers say: the transfer in front of each layer, and what comes out of its pipeline.

    layers: LAYER records. pipe: ENTRY records [layers, most registers]. serializers: SERIALIZER records. bursts, lists:
    see serializer.py. maps: Maps.
    """
    for k in range(len(layers)):
        now = layers[k]
        if k > 0:
            before = serializers[k - 1]
            now.valid, now.last, now.token_end = before.given >= 0, before.given_last, before.given_end
            if now.valid:
                burst = bursts[k - 1, before.given]
                now.step = burst.step
                if now.is_map:
                    now.input = NONE
                    if before.given_spike >= 0:
                        lane = lists[k - 1, before.given_spike]
                        now.input = neuron_of(layers[k - 1], maps.now[k - 1], burst.fold, lane)
        else:
            now.valid, now.last, now.token_end = encoder.sent, encoder.sent_last, encoder.sent_end
            now.step, now.input = encoder.sent_step, encoder.sent_input
        if now.is_map:
            if maps.now[k].by_row:
                show_rows(maps.now[k], maps.tokens[k], now.hold)
            else:
                show_map(maps.now[k], maps.tokens[k], now.hold)
            now.accept = now.valid and not maps.now[k].waits
            leaving = maps.tokens[k, maps.now[k].fires]
            now.fire, now.fire_end = leaving.vector if leaving.kind != NOTHING else NONE, leaving.end
        else:
            now.go = now.valid and not now.hold
            now.token = now.step * now.folds + now.fold if now.valid and now.last else NONE
            now.accept = now.go and now.fold == now.folds - 1
            last = pipe[k, now.registers - 1]
            now.fire, now.fire_end = last.vector, last.end


@njit(cache=True, nogil=True)
def neuron_of(layer, area, fold, lane):
    """The number of the neuron in a lane in a fold of a LAYER; area: its MAP."""
    if layer.is_map:
        return fold // area.folds * area.channels + fold % area.folds * layer.lanes + lane
    return fold * layer.lanes + lane


@njit(cache=True, nogil=True)
def is_decided(output, decision):
    """Whether the outcome of step `decision`, or of the image's last one, leaves the output layer."""
    return (output.fire >= 0 and output.fire % output.folds == output.folds - 1
            and (output.fire_end or output.fire // output.folds == decision))


@njit(cache=True, nogil=True)
def move_pipelines(layers, pipe, flush):
    """A transfer goes into the pipeline fold by fold."""
    for k in range(len(layers)):
        now = layers[k]
        if now.is_map:
            continue
        for place in range(now.registers - 1, 0, -1):
            entry, before = pipe[k, place], pipe[k, place - 1]
            entry.vector, entry.end = (NONE if flush else before.vector), before.end
        first = pipe[k, 0]
        first.vector, first.end = (now.token if now.go and not flush else NONE), now.token_end
        if now.go:
            now.fold = 0 if now.accept else now.fold + 1
        if flush:
            now.fold = 0


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
    fires = np.zeros((out + 1, max((numbers.lanes * numbers.folds).max(), vectors.max())), np.int64)
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
