"""From a generated design to cells, clock and critical path, with yosys and nextpnr."""
