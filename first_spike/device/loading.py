"""The registers of the loader, in the order in which a network wants them."""

from first_spike.device.identity import field
from first_spike.device.line import LineError
from first_spike.device.link import Confused
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import MOST_WORDS

ATTEMPTS = 3  # to load a network, each after the board was restarted in the middle of the one before


def load_in_parts(link, load, banks, prepare, prepare_anew):
    """Load a Load over a Link; yields the share that is there after each part; at its end the network works.

    banks: of the board; prepare(): makes it idle, prepare_anew(): after it was restarted. Raises LineError where the
    board refuses the network, is restarted again and again, or does not answer.
    """
    for _ in range(ATTEMPTS):
        try:
            link.begin()
            prepare()
            _begin(link, banks)
            for first in range(0, len(load.pairs), MOST_WORDS):
                link.begin(8 * MOST_WORDS)
                link.push("LOAD_WORDS", load.pairs[first:first + MOST_WORDS])
                yield min(1, (first + MOST_WORDS) / len(load.pairs))
            link.begin()
            _commit(link, load)
            return
        except Confused:
            _require_no_refusal(link)
            prepare = prepare_anew
    raise LineError(f"the board at {link.name} does not stay as it was left; is another program using it?")


def _begin(link, banks):
    status = link.read("LOAD_STATUS")[0]
    link.write("LOAD_STATUS", [status])  # clears errors of older loads
    link.write("LOAD_BEGIN", [(field("LOAD_STATUS", "bank", status) + 1) % banks])


def _commit(link, load):
    link.write("LOAD_HASH", [int(load.sha256[k:k + 8], 16) for k in range(0, 64, 8)])
    link.write("LOAD_COUNT", [load.count])
    link.write("LOAD_COMMIT", [load.code])


def _require_no_refusal(link):
    """Raise LineError if the board says what is wrong with a load; if it was restarted, it says nothing."""
    try:
        status = link.read("LOAD_STATUS")[0]
    except Confused:
        return
    wrong = [name.replace("_", " ") for name, each in REGISTERS["LOAD_STATUS"].fields.items()
             if each.access == "w1c" and each.of(status)]
    if wrong:
        raise LineError(f"the board at {link.name} refuses the network: {', '.join(wrong)}")
