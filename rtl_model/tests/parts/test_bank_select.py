"""The bank that an image takes, and keeps."""

from first_spike.rtl_model.parts.load_port import bank_select
from first_spike.rtl_model.parts.streams import BankSelect
from tb.helpers.clocked import run, signals


def test_the_bank_changes_only_between_images():
    ports = signals("clk", "rst", "bank", "idle")
    clk, rst, bank, idle = ports.values()
    s_bank = BankSelect()
    wanted, in_use = s_bank.next, s_bank.in_use

    def stimulus():
        for is_idle, want, right in [(1, 0, 0), (1, 1, 1), (0, 0, 1), (0, 1, 1), (0, 0, 1), (1, 0, 0), (0, 1, 0),
                                     (1, 1, 1), (1, 0, 0)]:
            idle.next, wanted.next = is_idle, want
            yield clk.negedge
            assert bank == right and in_use == right
        rst.next, idle.next, wanted.next = 1, 0, 1  # in the middle of an image: there is none any more
        yield clk.negedge
        assert bank == in_use == 1

    run(bank_select, dict(ports, s_bank=s_bank), stimulus())


def test_with_one_bank_it_is_always_the_first():
    clk, = signals("clk").values()
    s_bank = BankSelect()
    wanted, in_use = s_bank.next, s_bank.in_use

    def stimulus():
        for want in (1, 0, 1):
            wanted.next = want
            yield clk.negedge
            assert in_use == 0

    run(bank_select, dict(clk=clk, s_bank=s_bank), stimulus())
