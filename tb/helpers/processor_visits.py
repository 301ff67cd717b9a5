"""A processor in plain Python: what a load says is done visit by visit, without knowing the network."""

import numpy as np

from first_spike.golden.contract.processor import HEADER_FIELDS


class PlainProcessor:
    """Reads the payload of a load as the hardware does; nothing else of the network is known here."""

    def __init__(self, payload, limits):
        words = payload.tolist()
        self.lanes = limits.lanes
        self.header = dict(zip(HEADER_FIELDS, words))
        slots = [words[limits.slot_words * number:] for number in range(1, self.header["layers"] + 2)]
        self.layers = [dict(zip(limits.layer_fields, slot)) for slot in slots]
        pairs = words[limits.first_reach:limits.first_window]
        self.reach = list(zip(pairs[::2], pairs[1::2]))
        self.windows = words[limits.first_window:limits.first_weight]
        nibbles = payload[limits.first_weight:, None] >> 4 * np.arange(8, dtype=np.uint32) & 15
        self.nibbles = nibbles.astype(np.int64).reshape(-1, limits.lanes)

    def weight(self, layer, place):
        """int64 [lanes]: the weights whose low nibbles stand at `place`."""
        high = self.nibbles[place + layer["inputs"] * layer["parts"]]
        signed = high - 16 * (high > 7)
        return signed if not layer["parts"] else self.nibbles[place] + 16 * signed

    def start(self, place):
        rows = self.nibbles[place:place + 4]
        value = (rows << 4 * np.arange(4)[:, None]).sum(axis=0)
        return value - (value >> 15 << 16)

    def classify(self, steps_of_inputs, steps):
        """(class, step of the decision, or `steps`) of an image whose inputs spike at these steps."""
        self.potentials, self.fired, self.pool = {}, {}, {}
        for layer in self.layers:
            for fold in range(layer["folds"] + 1):
                for place in range(max(1, layer["positions"])):
                    word = layer["word"] + fold * max(1, layer["positions"]) + place
                    self.potentials[word] = self.start(layer["starts"] + 4 * fold)
                    self.fired[word], self.pool[word] = (np.zeros(self.lanes, bool) for _ in range(2))
        decision = steps
        for step in range(steps):
            spikes = [(number, 0) for number, own in enumerate(steps_of_inputs) if own == step]
            for number, layer in enumerate(self.layers):
                take_in = self.take_in_map if layer["positions"] else self.take_in_dense
                spikes = take_in(layer, spikes, number == 0)
            if spikes:
                decision = step
                break
        last, first = self.layers[-1], self.header["class_word"]
        potentials = np.concatenate([self.potentials[first + fold] for fold in range(last["folds"] + 1)])
        return int(potentials[:self.header["classes"] + 1].argmax()), decision

    def take_in_dense(self, layer, spikes, of_input):
        found = []
        for fold in range(layer["folds"] + 1):
            word = layer["word"] + fold
            first = layer["weights"] + fold * layer["inputs"] * (layer["parts"] + 1)
            for group, lane in spikes:
                row = group if of_input else group * self.lanes + lane
                self.potentials[word] = self.potentials[word] + self.weight(layer, first + row)
            found += [(fold, lane) for lane in np.flatnonzero(self.test(word))]
        return found

    def take_in_map(self, layer, spikes, of_input):
        candidates, found = [], []
        for entry, lane in spikes:
            near, far = self.reach[entry]
            if not far >> 16 & 1:
                continue
            for fold in range(layer["folds"] + 1):
                for row in range((far >> 8 & 31) + 1):
                    for column in range((far & 31) + 1):
                        word = (near >> 16) + fold * layer["positions"] + row * layer["row_words"] + column
                        place = (near & 0xFFFF) + lane + fold * layer["inputs"] * (layer["parts"] + 1)
                        place -= row * layer["row_weights"] + column * layer["column_weights"]
                        self.potentials[word] = self.potentials[word] + self.weight(layer, place)
                        if ((self.potentials[word] >= 0) & ~self.fired[word]).any() and word not in candidates:
                            candidates.append(word)
        for word in candidates:
            window, group = self.windows[word] & 0xFFFF, self.windows[word] >> 16
            above = self.test(word)
            found += [(group, lane) for lane in np.flatnonzero(above & ~self.pool[window])]
            self.pool[window] = self.pool[window] | above
        return found

    def test(self, word):
        """bool [lanes]: who is above the threshold for the first time."""
        above = (self.potentials[word] >= 0) & ~self.fired[word]
        self.fired[word] = self.fired[word] | above
        return above
