# A block design for Vivado: the processing system of a Zynq-7000, a DMA, and between its two streams the IP
# first-spike:designs:accelerator_901a9d63:1.0:
#
#   vivado -mode batch -source block_design.tcl [-tclargs PART [FOLDER]]
#
# PART: the device, by default xc7z020clg400-1; FOLDER: a new one for the project, by default
# accelerator_system.

set ip_folder [file dirname [file normalize [info script]]]
set part [expr {$argc > 0 ? [lindex $argv 0] : "xc7z020clg400-1"}]
set folder [expr {$argc > 1 ? [lindex $argv 1] : "accelerator_system"}]

create_project system $folder -part $part
set_property ip_repo_paths [list $ip_folder] [current_project]
update_ip_catalog
create_bd_design system

# A cell of an IP of this Vivado, whatever its version.
proc add_xilinx {ip cell} {
    return [create_bd_cell -type ip -vlnv [lindex [get_ipdefs xilinx.com:ip:$ip:*] end] $cell]
}

# The processing system: a clock of 100 MHz, its memory for the DMA, interrupts from the logic.
set ps [add_xilinx processing_system7 ps]
apply_bd_automation -rule xilinx.com:bd_rule:processing_system7 -config {make_external "FIXED_IO, DDR"} $ps
set_property -dict [list CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ {100} CONFIG.PCW_USE_M_AXI_GP0 {1} \
    CONFIG.PCW_USE_S_AXI_HP0 {1} CONFIG.PCW_USE_FABRIC_INTERRUPT {1} CONFIG.PCW_IRQ_F2P_INTR {1}] $ps

# The DMA: beats of 64 bits go to the accelerator, result words of 32 bits come back.
set dma [add_xilinx axi_dma dma]
set_property -dict [list CONFIG.c_include_sg {0} CONFIG.c_sg_include_stscntrl_strm {0} CONFIG.c_sg_length_width {23} \
    CONFIG.c_m_axi_mm2s_data_width {64} CONFIG.c_m_axis_mm2s_tdata_width {64}] $dma

create_bd_cell -type ip -vlnv first-spike:designs:accelerator_901a9d63:1.0 classifier
connect_bd_intf_net [get_bd_intf_pins dma/M_AXIS_MM2S] [get_bd_intf_pins classifier/s_axis]
connect_bd_intf_net [get_bd_intf_pins classifier/m_axis] [get_bd_intf_pins dma/S_AXIS_S2MM]

# The ways of the processor to the registers, and of the DMA to memory.
set control [add_xilinx smartconnect control]
set_property -dict [list CONFIG.NUM_SI {1} CONFIG.NUM_MI {1}] $control
connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins control/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins control/M00_AXI] [get_bd_intf_pins dma/S_AXI_LITE]
set memory [add_xilinx smartconnect memory]
set_property -dict [list CONFIG.NUM_SI {2} CONFIG.NUM_MI {1}] $memory
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_MM2S] [get_bd_intf_pins memory/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins dma/M_AXI_S2MM] [get_bd_intf_pins memory/S01_AXI]
connect_bd_intf_net [get_bd_intf_pins memory/M00_AXI] [get_bd_intf_pins ps/S_AXI_HP0]

# One clock, and a reset that is synchronous to it.
add_xilinx proc_sys_reset reset
connect_bd_net [get_bd_pins ps/FCLK_RESET0_N] [get_bd_pins reset/ext_reset_in]
connect_bd_net [get_bd_pins ps/FCLK_CLK0] [get_bd_pins reset/slowest_sync_clk] [get_bd_pins ps/M_AXI_GP0_ACLK] \
    [get_bd_pins ps/S_AXI_HP0_ACLK] [get_bd_pins control/aclk] [get_bd_pins memory/aclk] \
    [get_bd_pins dma/s_axi_lite_aclk] [get_bd_pins dma/m_axi_mm2s_aclk] [get_bd_pins dma/m_axi_s2mm_aclk] \
    [get_bd_pins classifier/aclk]
connect_bd_net [get_bd_pins reset/peripheral_aresetn] [get_bd_pins control/aresetn] [get_bd_pins memory/aresetn] \
    [get_bd_pins dma/axi_resetn] [get_bd_pins classifier/aresetn]

# Interrupts, from number 61 of the processor on.
add_xilinx xlconcat interrupts
set_property CONFIG.NUM_PORTS {2} [get_bd_cells interrupts]
connect_bd_net [get_bd_pins dma/mm2s_introut] [get_bd_pins interrupts/In0]
connect_bd_net [get_bd_pins dma/s2mm_introut] [get_bd_pins interrupts/In1]
connect_bd_net [get_bd_pins interrupts/dout] [get_bd_pins ps/IRQ_F2P]

assign_bd_address
validate_bd_design
save_bd_design
make_wrapper -files [get_files system.bd] -top -import
puts "the block design is in $folder: launch_runs makes its bitstream"
