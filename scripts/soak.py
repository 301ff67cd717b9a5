"""Random networks, configurations, images, stalls, resets and wrong frames, in compiled code and on both simulators,
and on a processor, for a given time or so many rounds."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))
if __name__ == "__main__":  # not where a process that it starts imports this file
    from first_spike.__main__ import start

    start("tb.soak.command")
