"""The scenarios of images on the streams beside accesses to registers, as a script for compiled code."""

import numpy as np

from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import is_cut, predict
from first_spike.rtl_model.registers.addresses import REGISTERS
from tb.scenarios.frame_script import SURPLUS
from tb.scenarios.load_script import ALL, LoadScript

CROWD = 64  # images in the stream
CUTS, SETTLED = 20, 40  # restarts in frames; cycles in which a beat that is offered is taken
RESTART = REGISTERS["CONTROL"].fields["restart"].mask
CLEARED = 1  # cycles from the address of a write to that in which it clears a bit


class TrafficScript(LoadScript):
    """A LoadScript with scenarios in which registers are written while images go by the streams."""

    def the_way_changes_between_images_only(self):
        """Software asks for the registers while the stream is full of images."""
        self.open("the_way_changes_between_images_only", 0, 30, 30)
        self.begin(self.some(12))
        for _ in range(4):
            self.line(f"wait {self.rng.integers(1, 60)}")
            self.choose_registers()
            self.classify_one()
            self.choose_registers(0)
        self.line("finish")
        self.read("IMAGES", 16)

    def a_restart_drops_the_rest_of_a_frame(self):
        """Of the stream: what still comes of it is no frame."""
        self.open("a_restart_drops_the_rest_of_a_frame")
        for number in range(CUTS):
            self.begin(self.some(2))
            self.line(f"wait {self.emptied + self.rng.integers(2 * self.beats)}")
            self.line("stalls 100 0")
            self.line(f"wait {SETTLED}")
            self.write("CONTROL", RESTART)
            self.line("drop_results")
            self.line(f"wait {self.rng.integers(SETTLED)}")
            self.line("stalls 0 0")
            self.begin(self.some(2))
            self.line("finish")
        self.read("BAD_FRAMES", 0)

    def the_way_changes_soon(self):
        """Though the stream never pauses."""
        self.open("the_way_changes_soon")
        self.begin(self.some(CROWD))
        self.line("wait 20")
        self.choose_registers()
        self.read("IMAGES", 0, mask=ALL ^ CROWD // 2 - 1)
        self.classify_one()
        self.choose_registers(0)
        self.line("finish")

    def the_way_waits_for_the_end_of_a_long_frame(self):
        """Its result was taken long before."""
        self.open("the_way_waits_for_the_end_of_a_long_frame")
        for _ in range(2):
            images = self.some(2)
            sent = [image.tobytes() + bytes(-image.size % self.beat_bytes) for image in images]
            sent[0] += self.rng.bytes(SURPLUS * self.design.beat_bits // 8)
            self.begin(images, sent, np.array([True, False]))
            self.line("wait 100")
            self.write("CONTROL", 1)
            self.line("wait 100")
            self.field("STATUS", "by_registers", 0)
            self.field("STATUS", "busy", 1)
            self.line(f"wait {SURPLUS}")
            self.field("STATUS", "by_registers", 1)
            self.classify_one()
            self.choose_registers(0)
            self.line("finish")

    def what_comes_while_it_is_cleared_stays(self):
        """A result comes as its interrupt is cleared: a cycle before, in the same, or later."""
        self.open("what_comes_while_it_is_cleared_stays")
        done = REGISTERS["INTERRUPT_STATUS"].fields["done"].mask
        for after in range(-3, 4):
            images = self.some(1)
            self.begin(images)
            self.line(f"wait {self.offered(images) + after - CLEARED}")
            self.write("INTERRUPT_STATUS", done)
            self.line("finish")
            self.read("INTERRUPT_STATUS", done if after <= 0 else 0)
            self.write("INTERRUPT_STATUS", ALL)

    def offered(self, images):
        """Cycles from the first beat of an image to its result, of an idle core."""
        return predict(self.design, images, infer(self.network, images), idle=True, whole=True).valid[0]

    @property
    def loaded(self):
        """Cycles from the first beat of an image on the stream to the last that the core takes."""
        return -(-self.network.inputs // self.configuration.pixels) - 1 + is_cut(self.design)

    def a_latency_begins_in_the_cycle_of_a_result(self):
        """The last beat of an image is taken as the result of the one before is offered, or close to that."""
        self.open("a_latency_begins_in_the_cycle_of_a_result")
        for after in range(-3, 4):
            images = self.some(2)
            self.begin(images[:1])
            self.line(f"wait {self.offered(images[:1]) + after - self.loaded}")
            self.begin(images[1:])
            self.line("finish")
            if after >= 0:
                self.read("LATENCY", self.offered(images[1:]) - self.loaded)
