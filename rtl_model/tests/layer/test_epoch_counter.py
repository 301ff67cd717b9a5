"""The number of the image, and that of the one before."""

from myhdl import Signal, modbv

from first_spike.rtl_model.layer.pool_words import epoch_counter
from tb.helpers.clocked import run, signals


def test_numbers_come_back():
    ports = dict(**signals("clk", "rst", "clear"), epoch=Signal(modbv(3)[2:]), former_epoch=Signal(modbv(0)[2:]))

    def stimulus():
        ports["rst"].next = 1
        yield ports["clk"].negedge
        ports["rst"].next = 0
        for number in range(9):
            for clear in (0, 1):
                assert (ports["epoch"], ports["former_epoch"]) == (number % 4, (number - 1) % 4)
                ports["clear"].next = clear
                yield ports["clk"].negedge

    run(epoch_counter, ports, stimulus())
