"""A serial line on which things go wrong."""

from first_spike.device.line import SerialLine

KINDS = ("dropped", "doubled", "flipped", "noise", "cut", "break", "restart")


class FaultyLine(SerialLine):
    """The line to a SimulatedBoard: with a probability of `rate`, what is read or written meets a fault. `faults`:
    {kind: how many there were}."""

    def __init__(self, board, rng, rate):
        super().__init__(board.port)
        self._board, self._rng, self.rate = board, rng, rate
        self.faults = dict.fromkeys(KINDS, 0)

    def read(self):
        data = super().read()
        return self._spoilt(data, KINDS[:5], self.rate / 20) if data else data  # it comes in pieces

    def write(self, data):
        super().write(self._spoilt(data, KINDS, self.rate))

    def _spoilt(self, data, kinds, rate):
        rng = self._rng
        if rng.random() >= rate:
            return data
        kind = kinds[rng.integers(len(kinds))]
        self.faults[kind] += 1
        place = int(rng.integers(len(data)))
        before, byte, after = data[:place], data[place:place + 1], data[place + 1:]
        if kind == "dropped":
            return before + after
        if kind == "doubled":
            return before + 2 * byte + after
        if kind == "flipped":
            return before + bytes([byte[0] ^ 1 << int(rng.integers(8))]) + after
        if kind == "noise":
            return before + rng.bytes(int(rng.integers(1, 40))) + byte + after
        if kind == "cut":
            return before
        if kind == "break":
            self._board.send_break()
        else:
            self._board.restart()
        return data
