"""The golden model: what a network, an image and an inference are, in plain integers.

Every other part of the project is measured against this package; it imports none of them.
"""

import os

# Threads that wait for work sleep instead of spinning: on a busy machine a small batch otherwise takes 20 times longer.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
