"""The schedule of the layers: the transfer in front of each, and the pipeline behind it."""

from numba import njit

from golden.schedule.registers import registers

# What the layer is like, see layers.Layers; then its registers; then its wires.
LAYER = registers("lanes folds registers out_ways depth high fold token fire",
                  "holds hold go accept token_end fire_end")


@njit(cache=True, nogil=True)
def show(layers, pipe, encoder, serializers):
    """What the registers say: the transfer in front of each layer, and what comes out of its pipeline.

    layers: LAYER records. pipe: ENTRY records [layers, most registers]. serializers: SERIALIZER records.
    """
    for k in range(len(layers)):
        now = layers[k]
        now.token, now.token_end = -1, False
        if k == 0:
            now.go = encoder.sent and not now.hold
            if encoder.sent and encoder.sent_last:
                now.token, now.token_end = encoder.sent_step * now.folds + now.fold, encoder.sent_end
        else:
            before = serializers[k - 1]
            now.go = before.given >= 0 and not now.hold
            if before.given >= 0 and before.given_last:
                now.token = before.given // layers[k - 1].folds * now.folds + now.fold
                now.token_end = before.given_end
        now.accept = now.go and now.fold == now.folds - 1
        last = pipe[k, now.registers - 1]
        now.fire, now.fire_end = last.vector, last.end


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
        for place in range(now.registers - 1, 0, -1):
            entry, before = pipe[k, place], pipe[k, place - 1]
            entry.vector, entry.end = (-1 if flush else before.vector), before.end
        first = pipe[k, 0]
        first.vector, first.end = (now.token if now.go and not flush else -1), now.token_end
        if now.go:
            now.fold = 0 if now.accept else now.fold + 1
        if flush:
            now.fold = 0
