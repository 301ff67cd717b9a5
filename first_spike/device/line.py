"""A serial line as three calls: read, write, close."""

from first_spike.golden.errors import UserError

BAUD = 1_000_000
WAIT = 0.02  # seconds that a read waits for the first byte
WRITE_WAIT = 0.1  # seconds that a write waits for room


class LineError(UserError):
    """The line, or the board at its other end, does not do what it should; nothing that it said counts."""


class SerialLine:
    """A serial port, or a pseudo-terminal, by its name.

    Raises UserError where it cannot be opened, LineError where it goes away.
    """

    def __init__(self, port, baud=BAUD):
        try:
            import serial
        except ImportError as error:
            raise UserError("pyserial is missing: EXTRAS=board scripts/setup/venv.sh installs it") from error
        self.name, self.baud = str(port), baud
        try:
            self._port = serial.Serial(self.name, baud, timeout=WAIT, write_timeout=WRITE_WAIT, exclusive=True)
        except serial.SerialException as error:
            if error.errno is None:
                raise UserError(f"cannot open {port}: it is no serial port") from error
            raise UserError(f"cannot open {port}: {_reason(error)}") from error
        except (ValueError, OSError) as error:
            raise UserError(f"cannot open {port}: it is no serial port, or takes no {baud} baud ({error})") from error
        try:
            self._port.set_low_latency_mode(True)  # else a converter to USB keeps each short answer for 16 ms
        except (ValueError, NotImplementedError):
            pass  # a port that has no such mode keeps nothing back
        self._no_room = serial.SerialTimeoutException
        self._errors = (serial.SerialException, OSError, TypeError)  # TypeError: a port that is closed meanwhile

    def read(self):
        """The bytes that have come, at least one unless none comes within WAIT seconds."""
        try:
            return self._port.read(max(1, self._port.in_waiting))
        except self._errors as error:
            raise LineError(f"{self.name} is gone: {error}") from error

    def write(self, data):
        """Send bytes; what finds no room in time is lost, as it could be on the line."""
        try:
            self._port.write(data)
        except self._no_room:
            pass
        except self._errors as error:
            raise LineError(f"{self.name} takes nothing more: {error}") from error

    def close(self):
        """Give the port back."""
        self._port.close()


def _reason(error):
    import errno
    number = error.errno
    if number in (errno.ENOTTY, errno.EISDIR):
        return "it is no serial port"
    if number == errno.ENOENT:
        return "there is no such port; is the board connected?"
    if number in (errno.EACCES, errno.EPERM):
        return "permission denied; on Linux, the group dialout may use serial ports"
    if number in (errno.EBUSY, errno.EAGAIN):
        return "another program uses it"
    return str(error)
