"""Write from the reports of the runs how far the project is verified: verification.md and
verification.json in docs/explanation/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parents[1]))
if __name__ == "__main__":  # not where a process that it starts imports this file
    from first_spike.__main__ import start

    start("tb.record.page")
