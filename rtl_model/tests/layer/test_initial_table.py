"""What the potentials of a folded layer begin with, fold by fold."""

from myhdl import delay

from first_spike.rtl_model.layer.start_values import initial_table
from tb.helpers.clocked import packed, run, signals, vector

VALUES = ((-3, 0, 7), (1, -8, 2), (-1, 5, -8))  # of each fold one for each lane
BITS = 4


def test_each_fold_has_its_own():
    clk, = signals("clk").values()
    fold, initials = vector(2), vector(3 * BITS)

    def stimulus():
        for number in (2, 0, 1, 2):
            fold.next = number
            yield delay(1)
            assert initials == packed(VALUES[number], BITS)

    run(initial_table, dict(fold=fold, initials=initials, values=VALUES, bits=BITS), stimulus(), clk)
