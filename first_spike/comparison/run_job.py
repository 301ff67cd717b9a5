"""`python -m first_spike.comparison.run_job JOB.json`: compile a design and run `run_images` on it, in a process of
its own.

The job has, beside what `run_images` reads, `simulator`, `design` (folder), `build` (folder), `waves` and `seed`.
"""

import json
import sys
from pathlib import Path

from first_spike.comparison.harness import run_bench


def main(path):
    job = json.loads(Path(path).read_text())
    run_bench(job["simulator"], job["design"], "first_spike.comparison.run_images", job["build"],
              environment={"FIRST_SPIKE_JOB": str(Path(path).resolve())}, waves=job["waves"], seed=job["seed"])


if __name__ == "__main__":
    main(sys.argv[1])
