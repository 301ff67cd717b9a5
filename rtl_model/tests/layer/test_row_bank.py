"""Potentials of one bank, with visits, tests and words that are emptied as close to each other as they may be."""

import numpy as np

from first_spike.golden.contract.limits import ROW_WORD_DISTANCE
from first_spike.rtl_model.layer.row_bank import row_bank
from tb.helpers.clocked import packed, run, signals, vector

LANES, BITS, CODE = 2, 7, 4
WORDS, WINDOWS, START = 8, 4, (-9, -4)


def test_words_are_read_added_to_and_written():
    ports = dict(**signals("clk", "empties", "visits", "write", "pool_writes", "candidate"), read_word=vector(3),
                 read_window=vector(2), weights=vector(LANES * CODE), word=vector(3), window=vector(2),
                 noted=vector(LANES), exceeds=vector(LANES), pool=vector(LANES))
    rng, count = np.random.default_rng(1), 600
    plan = [("empty", word) for word in range(WORDS)] + [(None, 0)] * 5  # until the pool is written
    while len(plan) < count:
        near = {word for kind, word in plan[-ROW_WORD_DISTANCE:] if kind}
        word = int(rng.integers(WORDS))
        kind = str(rng.choice(["visit", "visit", "visit", "test"]))
        plan.append((kind, word) if word not in near else (None, word))
    weights, windows = np.zeros((count, LANES), np.int64), rng.integers(0, WINDOWS, count)
    potentials, queued = {word: np.array(START) for word in range(WORDS)}, set()
    for number, (kind, word) in enumerate(plan):
        if kind == "visit":  # drawn against what is there, so that potentials stay within their bits
            weights[number] = np.where(potentials[word] > 20, -8, rng.integers(-7, 8, LANES))
            weights[number][potentials[word] < -20] = 7
            potentials[word] = potentials[word] + weights[number]
    pools = rng.integers(0, 1 << LANES, WINDOWS)

    def at(values, number):
        return values[number] if 0 <= number < count else values[0]

    def stimulus():
        stored = {word: np.array(START) for word in range(WORDS)}
        candidates = 0
        for cycle in range(count + 4):
            kinds = [at(plan, cycle - back)[0] if 0 <= cycle - back < count else None for back in range(5)]
            ports["read_word"].next, ports["read_window"].next = at(plan, cycle)[1], int(at(windows, cycle - 1))
            ports["empties"].next = kinds[2] == "empty"
            own = at(weights, cycle - 2) if kinds[2] == "visit" else [0] * LANES
            ports["weights"].next = packed(own, CODE)
            ports["visits"].next, ports["write"].next = kinds[4] == "visit", kinds[4] is not None
            ports["word"].next = at(plan, cycle - 4)[1]
            ports["pool_writes"].next = kinds[4] == "empty"
            ports["window"].next = at(plan, cycle - 4)[1] % WINDOWS
            ports["noted"].next = int(pools[at(plan, cycle - 4)[1] % WINDOWS])
            yield ports["clk"].posedge
            if kinds[4] in ("visit", "test"):
                word = plan[cycle - 4][1]
                if kinds[4] == "visit":
                    fresh = found_fresh[0]
                    assert ports["candidate"] == (fresh and word not in queued), cycle
                    candidates += bool(ports["candidate"])
                    if fresh:
                        queued.add(word)
                else:
                    assert not ports["candidate"]
                    queued.discard(word)
            if kinds[3] in ("visit", "test"):
                word = plan[cycle - 3][1]
                if kinds[3] == "visit":
                    stored[word] = stored[word] + weights[cycle - 3]
                is_above = sum(int(value >= 0) << lane for lane, value in enumerate(stored[word]))
                assert ports["exceeds"] == is_above, cycle
                assert ports["pool"] == pools[windows[cycle - 3]]
                found_fresh[0] = bool(is_above & ~int(pools[windows[cycle - 3]]))
            yield ports["clk"].negedge
        assert candidates > 20

    found_fresh = [False]
    run(row_bank, dict(**ports, initials=START, code_bits=CODE, potential_bits=BITS, lanes=LANES, prefix="bench"),
        stimulus())
