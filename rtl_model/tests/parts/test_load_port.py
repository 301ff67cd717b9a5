"""Every address goes to the memory whose region it lies in, and no other."""

import pytest

from first_spike.rtl_model.parts.load_port import load_port
from first_spike.rtl_model.parts.streams import LoadStream, MemoryWrite
from tb.helpers.clocked import run, signals

FIRSTS, SIZES, WORDS = (0, 16, 24, 28), (16, 8, 4, 1), (11, 8, 3, 1)


@pytest.mark.parametrize("banks", [1, 2])
def test_a_word_is_for_the_memory_of_its_address(banks):
    clk, = signals("clk").values()
    s_load, m_write = LoadStream(), MemoryWrite(len(FIRSTS), 4, banks)

    def stimulus():
        near = list(range(40)) + [1 << bit for bit in range(6, 23)]
        for address in [*near, *(1 << 23 | place for place in near)]:
            for valid in (1, 0):
                s_load.valid.next, s_load.address.next, s_load.data.next = valid, address, address & 0xFFF
                yield clk.negedge
                bank, place = address >> 23, address & (1 << 23) - 1
                selected = [k for k, (first, words) in enumerate(zip(FIRSTS, WORDS)) if first <= place < first + words]
                right = sum(1 << k for k in selected) if valid and bank < banks else 0
                assert m_write.select == right, f"address {address:x}"
                assert m_write.address == place & 15 and m_write.data == address & 0xFFF
                if banks == 2:
                    assert m_write.bank == bank

    run(load_port, dict(clk=clk, s_load=s_load, m_write=m_write, firsts=FIRSTS, sizes=SIZES, words=WORDS), stimulus())
