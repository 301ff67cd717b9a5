"""From a trained first-spike network to verified Verilog."""

__version__ = "0.1.0"
