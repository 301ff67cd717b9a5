"""What software writes to the registers of the loader becomes the load of a processor."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.processor.load_receiver import CHECK, FIELD, FORM, LENGTH, OTHER
from first_spike.rtl_model.registers.loader import BANK, COUNT, CRC, NOT_BEGUN

OTHER_PROCESSOR, FIELD_TOO_LARGE, WRONG_FORM = 5, 6, 7  # errors, beside those of the loader
ERRORS = 8


@block
def load_sender(clk, rst, s_command, m_state, m_load, present, error, forget=None, s_banks=None):
    """Sends the words that software pushes, and the CRC of its commit with TLAST, and says what the processor thinks
    of them.

    A begin forgets the images that are under way; one in the middle of a load ends that with TLAST before. From a begin
    until a commit is right no image may begin. A commit that is refused ends the load, and there is no network. With
    two banks nothing is forgotten, and images go on in the other bank.

    Ports:
        s_command: what software does
        m_state: what it sees; with one bank that is 0
        m_load: the load
        present: a network is there
        error: why the latest load was refused, if it was
        forget: a pulse: images are forgotten; only with one bank
        s_banks: what is known of both; only with two
    Outputs: forget
    Latency: a word waits for the word before, some forty cycles; a commit takes a cycle more.
    Back-pressure: a word is offered until it is taken.
    """
    begun = Signal(bool(0))
    unended = Signal(bool(0))
    judging = Signal(bool(0))
    right_bank = Signal(bool(0))
    cuts = Signal(bool(0))
    begins = Signal(bool(0))
    sends = Signal(bool(0))
    ends = Signal(bool(0))
    sent = Signal(bool(0))
    ready = Signal(bool(0))
    errors = Signal(intbv(0)[ERRORS:])

    @always_comb
    def look():
        """What a command is about."""
        cuts.next = s_command.begin and unended and right_bank
        begins.next = s_command.begin and not unended and right_bank
        sends.next = (s_command.push or s_command.commit) and begun and not judging
        ends.next = s_command.commit and begun and not judging

    if s_banks is None:

        @always_comb
        def look_at_bank():
            """There is one."""
            right_bank.next = s_command.data == 0

        @always_comb
        def show():
            """What there is, and that images wait until it is whole."""
            m_state.bank.next = False
            m_state.loaded.next = 0
            m_state.loaded.next[0] = present and not begun
            m_state.hold.next = begun or not present
            forget.next = begins

        own = look_at_bank, show

    else:

        @always_comb
        def look_at_bank():
            """The one that is not worked with, and that no image uses any more."""
            right_bank.next = (s_command.data[32:1] == 0 and s_command.data[0] != s_banks.wanted
                               and not s_banks.pending)

        @always(clk.posedge)
        def keep_bank():
            """Of the latest begin."""
            if begins:
                m_state.bank.next = s_command.data[0]

        @always_comb
        def show():
            """What there is in both, but for a load that goes on; images wait while there is none."""
            m_state.loaded.next = s_banks.loaded
            if begun and s_banks.wanted:
                m_state.loaded.next[0] = 0
            elif begun:
                m_state.loaded.next[1] = 0
            m_state.hold.next = not present

        own = look_at_bank, keep_bank, show

    @always_comb
    def answer():
        """At once, but that a word has to be sent, and a commit to be judged behind it."""
        ready.next = (s_command.begin and not cuts) or (s_command.push and (not begun or m_load.tready)) or (
            s_command.commit and (not begun or judging))
        s_command.ready.next = ready
        s_command.refused.next = errors != 0
        m_state.errors.next = 0
        if ready:
            m_state.errors.next = errors

    @always_comb
    def offer():
        """A word, the last one, or one that only ends what was begun."""
        m_load.tvalid.next = sends or cuts
        m_load.tdata.next = s_command.data
        m_load.tlast.next = ends or cuts
        sent.next = (sends or cuts) and m_load.tready

    @always_comb
    def judge():
        """The error of a command, if it has one."""
        found = intbv(0)[ERRORS:]
        if s_command.begin:
            found[BANK] = not right_bank
        if s_command.push or s_command.commit:
            found[NOT_BEGUN] = not begun
        if judging:
            found[WRONG_FORM] = error == FORM
            found[OTHER_PROCESSOR] = error == OTHER
            found[COUNT] = error == LENGTH
            found[FIELD_TOO_LARGE] = error == FIELD
            found[CRC] = error == CHECK
        errors.next = found

    @always(clk.posedge)
    def follow():
        """From begin to commit; unended: words were sent without the last one."""
        judging.next = ends and m_load.tready
        if begins:
            begun.next = 1
        elif judging:
            begun.next = 0
        if sent:
            unended.next = not (ends or cuts)
        if rst:
            judging.next = 0
            begun.next = 0
            unended.next = 0

    return look, own, answer, offer, judge, follow
