"""MyHDL's own simulation of the accelerator."""

from dataclasses import dataclass, field

import numpy as np
from myhdl import StopSimulation, always, block, delay, instance

from .accelerator import accelerator, accelerator_ports
