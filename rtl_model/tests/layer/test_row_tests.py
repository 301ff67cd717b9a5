"""What fires in the bank that is tested, and what is handed over from test to test."""

import numpy as np

from first_spike.rtl_model.layer.row_banks import row_tests
from tb.helpers.clocked import run, signals, vector

BANKS, LANES = 3, 4


def test_a_channel_fires_once_in_a_window():
    ports = dict(**signals("clk", "tests", "follows"), mask=vector(BANKS), exceeds=vector(BANKS * LANES),
                 pool=vector(BANKS * LANES), fires=vector(LANES), noted=vector(LANES))
    rng, seen = np.random.default_rng(1), set()

    def stimulus():
        noted = 0
        for _ in range(400):
            bank, above, pool = int(rng.integers(BANKS)), *rng.integers(0, 1 << LANES, (2, BANKS))
            tests, follows = bool(rng.random() < 0.8), bool(rng.random() < 0.5)
            ports["tests"].next, ports["follows"].next, ports["mask"].next = tests, follows, 1 << bank
            for name, values in (("exceeds", above), ("pool", pool)):
                ports[name].next = sum(int(value) << k * LANES for k, value in enumerate(values))
            yield ports["clk"].negedge
            known = noted if follows else int(pool[bank])
            assert ports["fires"] == (int(above[bank]) & ~known if tests else 0)
            noted = int(above[bank]) | known if tests else 0
            assert ports["noted"] == noted
            seen.add((tests, follows))

    run(row_tests, dict(**ports, banks=BANKS, lanes=LANES), stimulus())
    assert len(seen) == 4
