"""The scenarios of a board at a serial line, as a script for compiled code (serial_line.cpp): each answer byte for
byte, and whatever is no request without one."""

import numpy as np

from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.constants import constant_words
from first_spike.rtl_model.serial.bundles import (
    ANSWER,
    DONE,
    END_BYTE,
    ESCAPE,
    MOST_WORDS,
    NOT_SYNCED,
    PUSH,
    READ,
    REFUSED,
    SYNC,
    WRITE,
    WRONG,
)
from tb.helpers.random_networks import random_images
from tb.helpers.serial_frames import BROKEN, encode, header, single_faults, too_long

INDEX = {name: register.index for name, register in REGISTERS.items()}
ENABLE = INDEX["INTERRUPT_ENABLE"]  # a register of two bits, for writes that do no more
SPECIAL = (END_BYTE, ESCAPE, 0xDC, 0xDD)
IMAGES = 20
CYCLES_PER_BIT = 4  # as few as can be
SOON = 40  # cycles from a request of few words to its answer
QUIET = 4  # cycles behind a reset in which the line is high


class SerialScript:
    """Scenarios on `accelerator_serial`, with CYCLES_PER_BIT, of a network with constant weights in a configuration
    whose beats are four pixels at the least; `seed` is that of all that is random."""

    def __init__(self, design, seed=1):
        self.design, self.network = design, design.network
        self.rng = np.random.default_rng(seed)
        self._number, self._lines = 0, [f"design {CYCLES_PER_BIT}"]

    def every(self):
        for name in ("nothing_is_done_without_a_session", "single_faults_are_dropped", "long_frames_are_dropped",
                     "every_number_is_another", "what_is_no_request_is_told_so", "registers_are_read_side_by_side",
                     "refusals_say_what_was_done", "long_requests_are_done_once",
                     "words_of_any_bytes_go_there_and_back", "one_request_at_a_time_is_taken",
                     "images_are_classified", "a_reset_ends_a_session", "what_is_no_byte_is_dropped",
                     "nothing_is_believed_behind_a_reset", "bytes_come_early_or_late"):
            self.line(f"scenario {name}")
            self.reset()
            getattr(self, name)()

    def text(self):
        return "\n".join(self._lines) + "\n"

    def line(self, text):
        self._lines.append(text)

    def reset(self, quiet=QUIET, cycles=3):
        """A byte begins once the line was seen high."""
        self.line(f"reset {cycles}")
        self.line(f"line 1 {quiet}")

    def send(self, line):
        """Bytes, or BROKEN."""
        self.line("send -" + "".join(".." if byte is BROKEN else f"{byte:02x}" for byte in line))

    def answer(self, line=b""):
        """All that has to come of what was sent."""
        self.line(f"answer -{bytes(line).hex()}")

    def ask(self, kind, address, count, words=(), status=DONE, done=None, there=(), number=None):
        """A request in any cycle and its answer; done: words, `count` by itself. Numbers follow each other."""
        self._number = (self._number + 1) % 128
        number = self._number if number is None else number
        self.line(f"wait {self.rng.integers(4)}")
        self.send(encode(header(number, kind, address, count), words))
        self.answer(encode(header(number, ANSWER + status, address, count if done is None else done), there))

    def sync(self, word=5):
        self.ask(SYNC, 0, 1, [word], there=[word])

    def write(self, name, *words):
        self.ask(WRITE, INDEX[name], len(words), words)

    def read(self, name, *words):
        self.ask(READ, INDEX[name], len(words), there=words)

    def nothing_is_done_without_a_session(self):
        for kind, words in ((READ, ()), (WRITE, [3]), (PUSH, [3])):
            self.ask(kind, ENABLE, 1, words, NOT_SYNCED, 0)
        self.ask(SYNC, 0, 2, [1, 2], WRONG, 0)
        self.ask(WRITE, ENABLE, 1, [3], NOT_SYNCED, 0, number=0)
        self.sync()
        self.read("INTERRUPT_ENABLE", 0)
        self.ask(WRITE, ENABLE, 1, [3], number=0)  # no number was remembered
        self.read("INTERRUPT_ENABLE", 3)

    def single_faults_are_dropped(self):
        self.sync()
        for kind, address, words in ((WRITE, ENABLE, [END_BYTE << 24 | 3]), (READ, END_BYTE, ())):
            for _, line in single_faults(header(ESCAPE, kind, address, 1), words):
                self.send(line)
                self.read("INTERRUPT_ENABLE", 0)

    def long_frames_are_dropped(self):
        self.sync()
        for _, line in too_long():
            self.send(line)
            self.read("INTERRUPT_ENABLE", 0)

    def every_number_is_another(self):
        """By each of its bits; and the same is done once, whatever comes between."""
        self.sync()
        for number in (0, 0x55, 0xAA):
            for bit in range(8):
                for value, one in enumerate((number, number ^ 1 << bit), 1):
                    self.ask(WRITE, ENABLE, 1, [value], number=one)
                    self.ask(READ, ENABLE, 1, there=[value], number=number)
                    self.ask(PUSH, ENABLE, 1, [0], number=one)
                    self.ask(WRITE, ENABLE, 2, [0], WRONG, 0, number=one)
                    self.read("INTERRUPT_ENABLE", value)
                self.sync()
                self.ask(WRITE, ENABLE, 1, [3], number=number ^ 1 << bit)
                self.read("INTERRUPT_ENABLE", 3)

    def what_is_no_request_is_told_so(self):
        self.sync()
        for count, words in ((1, ()), (0, [1]), (2, [1]), (1, [1, 2]), (129, [1]), (255, [1]), (0, ())):
            for kind in (SYNC, *((WRITE, PUSH) if count != len(words) else ())):
                self.ask(kind, ENABLE, count, words, WRONG, 0)
        for count, words in ((0, [1]), (1, [1]), (MOST_WORDS + 1, ()), (255, ())):
            self.ask(READ, ENABLE, count, words, WRONG, 0)
        for kind in range(4, 256):
            self.read("INTERRUPT_ENABLE", 0)
            self.ask(kind, ENABLE, 1, () if kind % 4 == READ else [1], WRONG, 0)
        for kind in (READ, WRITE, PUSH):
            self.ask(kind, ENABLE, 0)

    def registers_are_read_side_by_side(self):
        """Until there is none."""
        self.sync()
        constants = constant_words(self.design)
        first, last = INDEX["IDENTIFICATION"], INDEX["WEIGHT_BITS"]
        there = [constants[index] for index in range(first, last + 2)]
        there[INDEX["STATUS"] - first] = there[INDEX["ERRORS"] - first] = 0
        for index in range(first, last + 2):
            self.ask(READ, index, MOST_WORDS, (), REFUSED, last + 2 - index, there[index - first:])
        hashed = [constants[index] for index in REGISTERS["NETWORK_HASH"].indices]
        self.read("NETWORK_HASH", *hashed)
        for address in (INDEX["NETWORK_HASH"] + 8, 64, 128, 255):
            self.ask(READ, address, 3, (), REFUSED, 0)

    def refusals_say_what_was_done(self):
        """And the same again is not done again."""
        self.sync()
        behind = INDEX["WEIGHT_MAP"] + 1
        for before in range(4):
            for _ in range(2):
                self.ask(WRITE, behind - before, 6, range(6), REFUSED, before, number=before)
        for _ in range(2):
            self.ask(PUSH, behind, 6, range(6), REFUSED, 0, number=7)
        self.ask(PUSH, ENABLE, MOST_WORDS, range(3, MOST_WORDS + 3))
        self.read("INTERRUPT_ENABLE", (MOST_WORDS + 2) % 4)
        self.write("GLOBAL_INTERRUPT_ENABLE", 1, 2, 0)
        self.read("GLOBAL_INTERRUPT_ENABLE", 1, 2, 0)

    def long_requests_are_done_once(self):
        """Each word comes from its place: the last is another than all before it, and than what was there."""
        self.sync()
        for count in (MOST_WORDS, *(2 ** bit + 1 for bit in reversed(range(6)))):
            for last in (3, 0):
                self.ask(PUSH, ENABLE, count, [3 - last] * (count - 1) + [last])
                self.ask(PUSH, ENABLE, count, [3 - last] * count, number=self._number)
                self.read("INTERRUPT_ENABLE", last)

    def words_of_any_bytes_go_there_and_back(self):
        for byte in range(256):
            self.sync(byte << 8 * (byte % 4) | SPECIAL[byte % 4] << 8 * ((byte + 1) % 4))
        for place in range(16):
            self.sync(sum(SPECIAL[place + k & 3] << 8 * k for k in range(4)) ^ place)

    def one_request_at_a_time_is_taken(self):
        """What comes before the answer is out, or begins then, is dropped."""
        self.sync()
        request = encode(header(9, READ, ENABLE, 1), [])
        right = encode(header(9, ANSWER + DONE, ENABLE, 1), [0])
        for _ in range(8):
            self.send(request + request)
            self.answer(right)
            self.send(request)
            self.line(f"wait {self.rng.integers(8 * CYCLES_PER_BIT * len(right))}")
            self.send(request)
            self.answer(right)
        self.send(request)
        self.line(f"wait {12 * CYCLES_PER_BIT * len(right)}")
        self.send(request)
        self.answer(right + right)

    def images_are_classified(self):
        self.sync()
        self.write("CONTROL", 1)
        self.write("INTERRUPT_ENABLE", 1)
        self.write("GLOBAL_INTERRUPT_ENABLE", 1)
        images = np.concatenate([random_images(self.rng, self.network) for _ in range(IMAGES // 7 + 1)])[:IMAGES]
        found = infer(self.network, images)
        words = pack(found.classes, found.decision_time, found.silent, found.tie).tolist()
        cycles = latency(self.design, images, found, whole=True).tolist()
        for number, image in enumerate(images):
            self.line("irq 0")
            data = np.frombuffer(image.tobytes() + bytes(-image.size % 4), "<u4").tolist()
            self.ask(PUSH, INDEX["PIXELS"], len(data), data)
            self.read("RESULT_STATUS", 1, words[number], cycles[number], number)
            self.line("irq 1")
            self.write("RESULT_TAKE", 1)
            self.line("taken")
            self.ask(WRITE, INDEX["RESULT_TAKE"], 1, [1], REFUSED, 0)
            self.read("RESULT_STATUS", 0, 0)
            self.write("INTERRUPT_STATUS", 3)
            self.write("ERRORS", 7)

    def a_reset_ends_a_session(self):
        """Wherever it falls."""
        request = encode(header(9, READ, ENABLE, 3), [])
        for _ in range(20):
            self.sync()
            self.send(request)
            self.line(f"wait {self.rng.integers(20 * CYCLES_PER_BIT * len(request))}")
            self.reset()
            self.line(f"wait {20 * CYCLES_PER_BIT}")
            self.ask(READ, ENABLE, 1, (), NOT_SYNCED, 0)
        for cycle in range(SOON):  # one cycle long, in each of those in which the answer is made
            self.sync()
            self.send(request)
            self.line(f"wait {cycle}")
            self.reset(cycles=1)
            self.answer()
        for cycle in range(SOON):  # or a register is written
            self.sync()
            self.send(encode(header(9, WRITE, ENABLE, 1), [2]))
            self.line(f"wait {cycle}")
            self.reset(cycles=1)
            self.sync()
            self.write("INTERRUPT_ENABLE", 1)
            self.read("INTERRUPT_ENABLE", 1)

    def what_is_no_byte_is_dropped(self):
        """The line is low for a moment, or for longer than a byte: behind a break, the part of it that looks like END,
        and a frame but for its own."""
        self.sync()
        whole = encode(header(9, READ, ENABLE, 1), [])
        for cycles in range(1, CYCLES_PER_BIT // 2):
            self.line(f"line 0 {cycles}")
            self.line(f"line 1 {12 * CYCLES_PER_BIT}")
            self.read("INTERRUPT_ENABLE", 0)
        for bits in range(10, 31):
            self.line(f"line 0 {bits * CYCLES_PER_BIT}")
            self.line(f"line 1 {12 * CYCLES_PER_BIT}")
            self.send(whole[1:])
            self.answer()
            self.read("INTERRUPT_ENABLE", 0)

    def nothing_is_believed_behind_a_reset(self):
        """Not a byte before the line was seen high, nor a frame without the END that it begins with."""
        whole = encode(header(9, SYNC, 0, 1), [ESCAPE])
        for quiet, line in ((QUIET, whole[1:]), (0, whole)):
            self.reset(quiet)
            self.send(line)
            self.answer()
            self.sync()
            self.send(whole[:-3])
            self.send([ESCAPE])
            self.reset()
            self.sync()

    def bytes_come_early_or_late(self):
        """By a cycle or two, as of another clock; each bit is looked at where it is still there."""
        for number, cycles in enumerate((-1, 0, 1, 2)):
            for byte in encode(header(number, SYNC, 0, 1), [0x5A00FF]):
                self.line(f"line 0 {CYCLES_PER_BIT + cycles}")
                for bit in range(8):
                    self.line(f"line {byte >> bit & 1} {CYCLES_PER_BIT}")
                self.line(f"line 1 {2 * CYCLES_PER_BIT}")
            self.answer(encode(header(number, ANSWER + DONE, 0, 1), [0x5A00FF]))
