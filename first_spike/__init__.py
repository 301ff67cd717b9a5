"""From a trained first-spike network to verified Verilog."""
