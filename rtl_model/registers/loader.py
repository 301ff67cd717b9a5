"""Networks that are loaded: begun, word after word, and committed whole or not at all."""

from myhdl import Signal, always, always_comb, block, concat, enum, intbv

from first_spike.rtl_model.parts.crc32 import crc32
from first_spike.rtl_model.parts.hierarchy import inlined, submodule
from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS

state = enum("IDLE", "LOWER", "UPPER", "BYTES")

NOT_BEGUN, TOO_LONG, COUNT, CRC, BANK = range(5)  # errors
ALL = 0xFFFF


@block
def command_errors(s_command, m_bank, busy, idle, begun, full, right_count, right_crc, used, hold, wrong_bank, errors,
                   *, banks):
    """Why a command is refused.

    Ports:
        s_command: what software does
        m_bank: the bank of the image that is worked on
        busy: an image is under way
        idle: the command before is done
        begun: a load is
        full: all of its words have come
        right_count: and the commit says so
        right_crc: the commit says their CRC
        used: the bank that is worked with
        hold: it holds no network
        wrong_bank: a load cannot begin for the bank that is named
        errors: of the command, by their numbers; none while one before is at work
    Outputs: wrong_bank, errors
    Parameters:
        banks: of weights, 1 or 2
    """
    mixed = Signal(bool(0))

    if banks == 2:

        @always_comb
        def judge_bank():
            """Neither the bank of the image that is worked on nor that of the next, if it can begin."""
            wrong_bank.next = s_command.data[32:1] != 0 or (s_command.data[0] == used and not hold) or (
                busy and s_command.data[0] == m_bank.in_use)
            mixed.next = False

    else:
        m_bank.in_use.read = True  # a port without use

        @always_comb
        def judge_bank():
            """There is one, and no image may be under way when a word comes."""
            wrong_bank.next = s_command.data != 0
            mixed.next = busy

    @always_comb
    def judge():
        """The error of a command, if it has one."""
        error = intbv(0)[5:]
        if s_command.begin:
            error[BANK] = wrong_bank
        if s_command.push:
            error[NOT_BEGUN] = not begun
            error[TOO_LONG] = begun and full
            error[BANK] = begun and mixed
        if s_command.commit:
            error[NOT_BEGUN] = not begun
            error[COUNT] = begun and not right_count
            error[CRC] = begun and not right_crc
        errors.next = 0
        if idle:
            errors.next = error

    return judge_bank, judge


@block
def loader(clk, rst, s_command, m_state, m_load, m_bank, busy, *, words, banks, weight_map=0):
    """Writes the words that software sends into the memories of a bank, and makes it the bank that is worked with when
    a commit says their number and their CRC-32, told with an exclusive or with the map that they were made for.

    With two banks a load is begun for the one that no image uses, while the other works. With one bank none may begin
    from the begin of a load until a commit is right, and words are taken when no image is under way any more. After a
    reset no bank holds a network. An odd number of words is filled up by one that goes nowhere. What is refused changes
    nothing but its error; a commit that is wrong ends the load, and the bank holds no network.

    Ports:
        s_command: what software does
        m_state: what it sees
        m_load: words for the memories
        m_bank: the bank that is worked with
        busy: an image is under way
    Parameters:
        words: that a network is
        banks: of weights, 1 or 2
        weight_map: of the design, 32 bits
    Latency: some forty cycles for a pair of words, the CRC a bit a cycle; one cycle for the rest.
    """
    m_bank_next = m_bank.next  # `next` of a bundle cannot be converted
    pairs = words + words % 2
    upper, lower = weight_map >> 16 ^ ALL, weight_map & ALL ^ ALL  # `left` is a complement
    now = Signal(state.IDLE)
    begun = Signal(bool(0))
    bank = Signal(bool(0))
    used = Signal(bool(0))
    hold = Signal(bool(0))
    loaded = Signal(intbv(0)[2:])
    place = Signal(intbv(0)[LOAD_ADDRESS_BITS:])
    rest = Signal(intbv(0)[32:])
    byte_place = Signal(intbv(0)[3:])
    octet = Signal(intbv(0)[8:])
    wrong_bank = Signal(bool(0))
    full = Signal(bool(0))
    right_count = Signal(bool(0))
    right_crc = Signal(bool(0))
    idle = Signal(bool(0))
    renew = Signal(bool(0))
    add = Signal(bool(0))
    free = Signal(bool(0))
    left = Signal(intbv(0)[32:])
    errors = Signal(intbv(0)[5:])

    crc = submodule("crc", crc32, clk=clk, clear=renew, push=add, octet=octet, free=free, left=left)

    @always_comb
    def look_at_bank():
        """Images wait while the bank that is worked with holds no network."""
        hold.next = not loaded[0]
        if used:
            hold.next = not loaded[1]

    @always_comb
    def look():
        """What is right about a command."""
        idle.next = now == state.IDLE and free
        full.next = place == pairs
        right_count.next = full and s_command.count == words
        right_crc.next = (left ^ s_command.data) == concat(intbv(upper)[16:], intbv(lower)[16:])
        octet.next = rest[8:]
        add.next = now == state.BYTES and free and byte_place != 4

    judged = inlined("judge", command_errors(s_command, m_bank, busy, idle, begun, full, right_count, right_crc, used,
                                             hold, wrong_bank, errors, banks=banks))

    @always_comb
    def answer():
        """A command is over at once when the one before is."""
        s_command.ready.next = idle
        s_command.refused.next = errors != 0
        m_state.errors.next = errors
        m_state.loaded.next = loaded
        m_state.bank.next = bank
        m_state.hold.next = hold
        m_bank_next.next = used
        renew.next = rst or (s_command.begin and idle and not wrong_bank)

    @always(clk.posedge)
    def work():
        """A pair of words goes to its places, and its bytes into the CRC."""
        m_load.valid.next = 0
        if now == state.IDLE:
            byte_place.next = 0
            if idle and s_command.begin and not wrong_bank:
                begun.next = 1
                bank.next = s_command.data[0]
                if s_command.data[0]:
                    loaded.next[1] = 0
                else:
                    loaded.next[0] = 0
                place.next = 0
            elif idle and s_command.push and errors == 0:
                rest.next = s_command.data
                now.next = state.LOWER
            elif idle and s_command.commit and begun:
                begun.next = 0
                if errors == 0:
                    used.next = bank
                    if bank:
                        loaded.next[1] = 1
                    else:
                        loaded.next[0] = 1
        elif now == state.LOWER:
            m_load.valid.next = 1
            m_load.data.next = rest[16:]
            m_load.address.next = concat(bank, place[LOAD_ADDRESS_BITS - 1:])
            place.next = place + 1
            now.next = state.UPPER
        elif now == state.UPPER:
            m_load.valid.next = place != words
            m_load.data.next = rest[32:16]
            m_load.address.next = concat(bank, place[LOAD_ADDRESS_BITS - 1:])
            place.next = place + 1
            now.next = state.BYTES
        elif free:
            if byte_place == 4:
                now.next = state.IDLE
            else:
                byte_place.next = byte_place + 1
                rest.next = rest >> 8
        if rst:
            now.next = state.IDLE
            begun.next = 0
            used.next = 0
            loaded.next = 0
            m_load.valid.next = 0

    return crc, look_at_bank, look, judged, answer, work
