"""The scenarios of the bench of the accelerator with registers (tb/benches/test_accelerator_axi.py), as a script for
compiled code."""

import numpy as np

from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from tb.scenarios.load_script import ALL, LONG, SLVERR
from tb.scenarios.traffic_script import TrafficScript

ROUNDS = 2


def known(design):
    """{register: words} of what is known of the registers after a reset, beside the map's own reset values."""
    network = design.network
    return {"INPUTS": [network.inputs], "OUTPUTS": [len(network.classes) | network.steps << 16],
            "SHAPE": [design.configuration.pixels | len(network.layers) << 8], "CAPABILITIES": [0],
            "WEIGHT_MAP": [0],
            "WEIGHT_BITS": [sum(layer.weight_bits - 1 << 4 * k for k, layer in enumerate(network.layers))],
            "NETWORK_HASH": [int(network.sha256[8 * k:8 * k + 8], 16) for k in range(8)],
            "STATUS": [0], "RESULT_STATUS": [0], "RESULT": [0], "LATENCY": [0],
            **dict.fromkeys(("IMAGES", "SOURCE_STALLS", "SINK_STALLS", "SILENT", "TIES", "BAD_FRAMES"), [0])}


OF_PROCESSORS = ("LIMIT_", "FRAME")  # begin the names of registers that other designs do not have
SPARED = ("CONTROL", "PIXELS", "RESULT_TAKE")  # what a write to these does is tested by itself


class RegisterScript(TrafficScript):
    """A TrafficScript with the scenarios of all registers."""

    def every(self):
        for _ in range(ROUNDS):
            for stalls in (0, 40):
                self.registers_begin_as_the_map_says(stalls)
                self.fields_obey_their_access_and_strobes(stalls)
                self.classifies_by_registers(stalls)
                self.classifies_by_streams(stalls)
                self.a_wrong_load_is_refused(stalls)
                self.reads_follow_each_other(stalls)
            self.what_is_no_register_is_refused()
            self.a_load_is_what_its_registers_say()
            self.errors_of_a_load_stay_until_each_is_cleared()
            self.each_bank_has_its_hash()
            self.an_image_keeps_its_bank()
            self.the_way_changes_between_images_only()
            self.the_way_changes_soon()
            self.interrupts_for_what_is_enabled()
            self.pixels_without_room_are_refused()
            self.restarts_in_the_middle_of_an_image()
            self.bad_frames_are_counted()
        super().every()
        for _ in range(ROUNDS):
            self.what_comes_while_it_is_cleared_stays()
            self.a_latency_begins_in_the_cycle_of_a_result()
            self.the_way_waits_for_the_end_of_a_long_frame()
            self.a_restart_drops_the_rest_of_a_frame()
        self.a_load_that_is_too_short_is_refused()
        self.a_reset_ends_a_write()
        self.frames_wait_from_the_reset_on()
        self.no_other_word_clears_errors_of_a_load()
        self.a_result_is_taken_by_its_bit_and_strobe()
        self.a_result_waits_for_software()

    def known(self):
        """{name of a register: its words, which never change}."""
        return known(self.design) | {"WEIGHT_MAP": [self._map]}

    def registers_begin_as_the_map_says(self, stalls):
        self.open("registers_begin_as_the_map_says", stalls, load=False)
        right = self.known()
        for name, register in REGISTERS.items():
            if name in ("CYCLES", "CAPABILITIES") or name.startswith(("LOAD", *OF_PROCESSORS)):
                continue
            resets = sum((field.reset or 0) << field.low for field in register.fields.values())
            for number in range(register.count):
                self.read(name, right.get(name, [resets] * register.count)[number], number)
        self.field("CAPABILITIES", "loadable", 1)
        self.field("CAPABILITIES", "banks", self._banks - 1)
        self.field("LOAD_STATUS", "loaded", 0)

    def fields_obey_their_access_and_strobes(self, stalls):
        self.open("fields_obey_their_access_and_strobes", stalls, load=False)
        for name in ("GLOBAL_INTERRUPT_ENABLE", "INTERRUPT_ENABLE"):
            mask = REGISTERS[name].mask("rw")
            for strobes, word, right in ((14, ALL, 0), (15, ALL, mask), (14, 0, mask), (1, 0, 0), (1, ALL, mask)):
                self.write(name, word, strobes)
                self.read(name, right)
        for name, words in self.known().items():  # which software may only read
            if name not in ("CAPABILITIES", *SPARED) and not REGISTERS[name].mask("rw"):
                self.write(name, ALL)
                self.read(name, words[0])

    def what_is_no_register_is_refused(self):
        self.open("what_is_no_register_is_refused", load=False)
        there = {4 * index for name, register in REGISTERS.items() if not name.startswith(OF_PROCESSORS)
                 for index in register.indices}
        others = [address for address in range(0, 0x140, 4) if address not in there]
        for address in [*others, *((1 << bit) + at for bit in range(9, ADDRESS_BITS) for at in (0, 0x0C, 0x10, 0x80))]:
            self.line(f"refused {address}")
            self.line(f"write {address} {ALL} 15 {SLVERR}")
        self.read("INTERRUPT_ENABLE", 0)
        self.read("IDENTIFICATION", REGISTERS["IDENTIFICATION"].fields["magic"].reset)

    def a_reset_ends_a_write(self):
        """Of which the address or the data alone was there: it has no part in the next one."""
        for has_address in (0, 1):
            self.open("a_reset_ends_a_write", load=False)
            self.line(f"write_half {has_address} {REGISTERS['INTERRUPT_ENABLE'].offset} {ALL}")
            self.line("reset 1")
            self.write("GLOBAL_INTERRUPT_ENABLE", 0)
            self.read("GLOBAL_INTERRUPT_ENABLE", 0)
            self.read("INTERRUPT_ENABLE", 0)
            self.write("INTERRUPT_ENABLE", 1)
            self.read("INTERRUPT_ENABLE", 1)

    def frames_wait_from_the_reset_on(self):
        """In the first cycle, long before there is a network."""
        self.open("frames_wait_from_the_reset_on", load=False)
        self.begin(self.some(3))
        self.load(0)
        self.line("finish")

    def classifies_by_registers(self, stalls):
        self.open("classifies_by_registers", stalls)
        self.choose_registers()
        images = self.some(8)
        found, words = self.words(images)
        cycles = latency(self.design, images, found, whole=True)
        for number, image in enumerate(images):
            self.read("IMAGES", number)
            self.write_image(image)
            self.take_result(words[number])
            if self.configuration.pixels >= 4 and not stalls:  # else its last beats may wait for the word
                self.read("LATENCY", cycles[number])
        self.read("SILENT", found.silent.sum())
        self.read("TIES", found.tie.sum())
        if not stalls:  # else an answer is taken so many cycles later
            self.line(f"advances {REGISTERS['CYCLES'].offset}")
        for number in range(4):  # another network in each bank
            self.load((number + 1) % self._banks, self.other())
            self.classify_one()
        self.read("BAD_FRAMES", 0)
        self.read("ERRORS", 0)
        self.field("STATUS", "busy", 0)

    def classifies_by_streams(self, stalls):
        self.open("classifies_by_streams", stalls, stalls, 2 * stalls)
        images = self.some(14)
        found, _ = self.words(images)
        self.begin(images)
        for _ in range(10):
            self.read("IDENTIFICATION", REGISTERS["IDENTIFICATION"].fields["magic"].reset)
        self.line("finish")
        self.line(f"stall_counts {REGISTERS['SOURCE_STALLS'].offset} {REGISTERS['SINK_STALLS'].offset}")
        for name, count in (("IMAGES", len(images)), ("SILENT", found.silent.sum()), ("TIES", found.tie.sum())):
            self.read(name, count)
        if self._banks == 2:  # loaded while images are classified
            for bank in (1, 0, 1):
                self.begin(self.some(5))
                other = self.other()
                self.line("finish")
                self.load(bank, other)
                self.classify(self.some(4))

    def reads_follow_each_other(self, stalls):
        """The address of a read is offered while the one before is under way."""
        self.open("reads_follow_each_other", stalls, load=False)
        right = {name: words[0] for name, words in self.known().items()}
        for first, second in zip(right, [*right][1:]):
            if "CAPABILITIES" not in (first, second):
                self.line(f"reads {REGISTERS[first].offset} {right[first]} {REGISTERS[second].offset} {right[second]}")

    def interrupts_for_what_is_enabled(self):
        self.open("interrupts_for_what_is_enabled")
        self.choose_registers()
        for everything in (0, 1):
            for enable in (0, 1, 2, 3):
                self.write("GLOBAL_INTERRUPT_ENABLE", everything)
                self.write("INTERRUPT_ENABLE", enable)
                self.line("irq 0")
                self.classify_one()
                self.read("INTERRUPT_STATUS", 1)
                self.line(f"irq {everything & enable & 1}")
                self.write("RESULT_TAKE", 1, 1, SLVERR)
                self.read("INTERRUPT_STATUS", 3)
                self.read("ERRORS", REGISTERS["ERRORS"].fields["nothing_to_take"].mask)
                self.write("INTERRUPT_STATUS", 0)
                self.write("INTERRUPT_STATUS", 1)
                self.read("INTERRUPT_STATUS", 2)
                self.line(f"irq {everything & enable >> 1}")
                self.write("ERRORS", 0)
                self.read("ERRORS", 4)
                self.write("ERRORS", ALL)
                self.write("INTERRUPT_STATUS", 2)
                self.line("irq 0")
                self.read("ERRORS", 0)

    def a_result_is_taken_by_its_bit_and_strobe(self):
        self.open("a_result_is_taken_by_its_bit_and_strobe")
        self.choose_registers()
        images = self.some(1)
        self.write_image(images[0])
        self.read("RESULT_STATUS", 1, how="poll")
        for word, strobes in ((ALL, 14), (ALL - 1, 15)):
            self.write("RESULT_TAKE", word, strobes)
            self.line(f"wait {LONG}")
            self.read("RESULT_STATUS", 1)
        self.take_result(self.words(images)[1][0])

    def a_result_waits_for_software(self):
        """It is seen where results go by registers, and its interrupt, once it is cleared, stays so."""
        self.open("a_result_waits_for_software", sink=95)
        self.write("GLOBAL_INTERRUPT_ENABLE", 1)
        self.read("CONTROL", 0)
        self.begin(self.some(6))
        for _ in range(20):
            self.read("RESULT_STATUS", 0)
            self.field("STATUS", "waiting", 0)
        self.line("finish")
        self.choose_registers()
        self.write("GLOBAL_INTERRUPT_ENABLE", 0)
        self.read("CONTROL", 1)
        done = REGISTERS["INTERRUPT_STATUS"].fields["done"].mask
        for _ in range(3):
            self.field("STATUS", "waiting", 0)
            self.write("INTERRUPT_STATUS", done)
            images = self.some(1)
            self.write_image(images[0])
            self.read("RESULT_STATUS", 1, how="poll")
            self.field("STATUS", "waiting", 1)
            self.read("INTERRUPT_STATUS", done)
            self.write("INTERRUPT_STATUS", done)
            self.line(f"wait {LONG}")
            self.read("INTERRUPT_STATUS", 0)
            self.take_result(self.words(images)[1][0])

    def pixels_without_room_are_refused(self):
        self.open("pixels_without_room_are_refused")
        mask = REGISTERS["ERRORS"].fields["pixels_refused"].mask
        self.write("PIXELS", 0, answer=SLVERR)  # they come by the stream
        self.choose_registers()
        self.write("PIXELS", 0, 7, SLVERR)
        self.read("ERRORS", mask)
        for _ in range(2):
            self.write("ERRORS", mask)
            self.line(f"fill {REGISTERS['PIXELS'].offset} {2 * -(-self.network.inputs // 4)}")
            self.read("ERRORS", mask)
            self.field("STATUS", "room", 0)
            self.write("CONTROL", 3)
            self.line("drop")
            for _ in range(3):
                self.classify_one()

    def restarts_in_the_middle_of_an_image(self):
        self.open("restarts_in_the_middle_of_an_image", 20)
        self.choose_registers()
        for number in range(8):
            for _ in range(int(self.rng.integers(1, 1 + self.network.inputs // 4))):
                self.write("PIXELS", int(self.rng.integers(1 << 32)))
            self.line(f"wait {self.rng.integers(1, 40)}")
            self.write("CONTROL", 3)
            self.line("drop")
            self.field("STATUS", "busy", 0)
            self.classify_one()
            self.read("IMAGES", number + 1)

    def bad_frames_are_counted(self):
        self.open("bad_frames_are_counted")
        images = self.some(2)
        sent = [np.concatenate([image.ravel(), np.zeros(-image.size % self.configuration.pixels + 16, np.uint8)])
                for image in images[:1]] + [images[1]]
        self.classify(images, sent, np.array([True, False]))
        for name, right in (("BAD_FRAMES", 1), ("ERRORS", 1), ("INTERRUPT_STATUS", 3)):
            self.read(name, right)
