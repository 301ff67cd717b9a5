"""A table in MyHDL's simulation; its Verilog is held to the map by the bench of accelerator_axi."""

from first_spike.rtl_model.registers.constants import constant_table
from first_spike.rtl_model.tests.clocked import run, signals, vector


def test_each_row_shows_its_word():
    words, row, word = (3, 0, 0x1_FFFF_FFFF, 7), vector(2), vector(33)
    clk = signals("clk")["clk"]

    def stimulus():
        for number, right in enumerate(words):
            row.next = number
            yield clk.negedge
            assert word == right

    run(constant_table, dict(row=row, word=word, words=words), stimulus(), clk)
