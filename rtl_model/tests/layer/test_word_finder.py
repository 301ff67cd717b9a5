"""From positions to words."""

from first_spike.rtl_model.layer.if_layer_map import word_finder
from tb.helpers.clocked import run, signals, vector


def test_a_word_is_the_sum_of_three_parts():
    ports = dict(**signals("clk", "advance", "visits"), y=vector(2), x=vector(2), fold=vector(1),
                 former_word=vector(6), word=vector(6))
    rows, columns = (0, 2, 24), (0, 1, 12)  # a pool of 2 x 2 behind 3 x 3 positions would give these, in two folds

    def stimulus():
        ports["visits"].next = ports["advance"].next = 1
        before = None
        for y in range(3):
            for x in range(3):
                for fold in range(2):
                    ports["y"].next, ports["x"].next, ports["fold"].next = y, x, fold
                    ports["advance"].next = 1
                    yield ports["clk"].negedge
                    before = rows[y] + columns[x] + 4 * fold
                    assert ports["word"] == before
                    ports["advance"].next = 0
                    ports["x"].next = 0
                    yield ports["clk"].negedge
                    assert ports["word"] == before
        ports["visits"].next, ports["former_word"].next = 0, 33
        yield ports["clk"].negedge
        assert ports["word"] == 33

    run(word_finder, dict(**ports, row_words=rows, column_words=columns, window_bits=2), stimulus())
