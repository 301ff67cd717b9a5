"""The schedule of the layers: the transfer in front of each, and the pipeline behind it."""

from numba import njit

from first_spike.golden.schedule.maps import NOTHING
from first_spike.golden.schedule.registers import NONE, registers
from first_spike.golden.schedule.rows import show_rows
from first_spike.golden.schedule.visits import show_map

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
