# Clock and reset of accelerator for Vivado (Xilinx Design Constraints), for where it is the top: copy them into your
# project.

# The frequency of your clock in MHz: write it here. What can be reached depends on the configuration and the
# device.
set clock_mhz 100.0

set clock_period [expr {1000.0 / $clock_mhz}]
create_clock -name clk -period $clock_period [get_ports clk]

# rst is synchronous: it comes from a register of the same clock, which has this share of the period to bring it
# here. A reset of another origin goes through two registers of clk first; set_false_path then leads to the
# first of them.
set_input_delay -clock clk [expr {0.3 * $clock_period}] [get_ports rst]

# The pins of your board:
# set_property -dict {PACKAGE_PIN E3 IOSTANDARD LVCMOS33} [get_ports clk]
# set_property -dict {PACKAGE_PIN C2 IOSTANDARD LVCMOS33} [get_ports rst]
