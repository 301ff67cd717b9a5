"""Reads and writes against a dict, with all five channels stalling at random."""

import numpy as np
import pytest

from first_spike.rtl_model.parts.streams import AxiLite
from first_spike.rtl_model.registers.axi_lite import axi_lite
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS, RegisterBus
from tb.helpers.clocked import run, signals

LAST = 50  # registers above do not exist
ACCESSES = 150


@pytest.mark.parametrize("eager", [1.0, 0.4])
def test_every_access_is_answered_once_and_in_order(eager):
    rng = np.random.default_rng(7)
    print("seed 7")
    ports, axil, bus = signals("clk", "rst"), AxiLite(ADDRESS_BITS), RegisterBus()
    clk, rst = ports["clk"], ports["rst"]
    registers, writes, reads = {}, [], []  # what the bus did

    def answer_bus():
        """The registers behind the bus: a write takes some cycles, a read one."""
        bus.written.next = bool(bus.write) and rng.random() < eager
        bus.write_refused.next = bus.write_index > LAST

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        wanted = {"aw": [], "w": [], "ar": []}
        for _ in range(ACCESSES):
            wanted["aw"].append(int(rng.integers(0, 4 * 64)))
            wanted["w"].append((int(rng.integers(1 << 32)), int(rng.integers(16))))
            wanted["ar"].append(int(rng.integers(0, 4 * 64)))
        sent, answers, read_answers = dict.fromkeys(wanted, 0), [], []
        last = None
        for _ in range(40 * ACCESSES):
            for name in wanted:
                valid = getattr(axil, f"{name}valid")
                if not valid and sent[name] < ACCESSES and rng.random() < eager:
                    value = wanted[name][sent[name]]
                    valid.next = 1
                    if name == "w":
                        axil.wdata.next, axil.wstrb.next = value
                    else:
                        getattr(axil, f"{name}addr").next = value
            axil.bready.next, axil.rready.next = rng.random() < eager, rng.random() < eager
            answer_bus()
            yield clk.posedge
            if bus.written:
                writes.append((int(bus.write_index), int(bus.data), int(bus.strobes)))
            for name in wanted:
                valid = getattr(axil, f"{name}valid")
                if valid and getattr(axil, f"{name}ready"):
                    sent[name] += 1
                    valid.next = 0
            if axil.bvalid and axil.bready:
                answers.append(int(axil.bresp))
            if axil.rvalid:
                seen = int(axil.rresp), int(axil.rdata)
                assert last in (None, seen), "an answer changed while it waited"
                last = None if axil.rready else seen
                if axil.rready:
                    read_answers.append(seen)
            if bus.read:
                reads.append(int(bus.read_index))
                bus.read_data.next = registers.setdefault(reads[-1], int(rng.integers(1 << 32)))
                bus.read_refused.next = reads[-1] > LAST
            yield clk.negedge
            if len(answers) == len(read_answers) == ACCESSES:
                break
        assert writes == [(address // 4, *word) for address, word in zip(wanted["aw"], wanted["w"])]
        assert answers == [2 * (address // 4 > LAST) for address in wanted["aw"]]
        assert read_answers == [(2 * (address // 4 > LAST), registers[address // 4]) for address in wanted["ar"]]
        for _ in range(5):
            yield clk.negedge
            assert not axil.bvalid and not axil.rvalid

    run(axi_lite, dict(ports, s_axil=axil, m_bus=bus), stimulus())
