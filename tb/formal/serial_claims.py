"""What is claimed of the blocks of the serial bridge."""

from first_spike.rtl_model.serial.bundles import MOST_WORDS
from tb.formal.claim import UNBOUNDED, Claim
from tb.formal.designs import (
    block,
    make_bridge,
    make_frame_sender,
    make_receiver,
    make_serial_bridge,
    make_uart,
)

SIZES = dict(MOST_WORDS=MOST_WORDS)

SERIAL_CLAIMS = [
    Claim(
        "uart_rx", "nine cycles or more lie between two bytes of the line", "4 cycles a bit",
        block(make_uart, cycles_per_bit=4), "uart_rx.sv", UNBOUNDED,
        [("uart_rx.v", "now <= IDLE;\n                m_byte_valid <= 1", "m_byte_valid <= 1")]),
    Claim(
        "receiver", "the buffer of the serial bridge is never overrun, the CRC is free for each byte, and a frame "
        "stays until it is released", "bytes nine cycles apart at least", block(make_receiver), "receiver.sv",
        UNBOUNDED, [("frame_receiver.v", "else if (held)", "else if (0)")], defines=SIZES,
        inside={"frame_receiver.v": "receiver_inside.v"}, reach=200),
    Claim(
        "bridge", "AXI4-Lite's rules at the port of the serial bridge; its accesses, their words and its answers are "
        "those that a frame asks for, and stay inside of the buffer",
        "any frames, one at a time, and any registers", block(make_bridge), "bridge.sv", UNBOUNDED,
        [("bridge.v", "m_axil_wready || !wvalid", "1"), ("bridge.v", "count <= MOST_WORDS", "1"),
         ("bridge.v", "m_axil_awaddr = {index, 2'h0}", "m_axil_awaddr = {index + 10'd3, 2'h0}")], defines=SIZES,
        rules=("axi_lite_rules.sv",), inside={"bridge.v": "bridge_inside.v"}, induction=4),
    Claim(
        "sender", "bytes to the line stay until they are taken, and the CRC is free for each", "any words",
        block(make_frame_sender), "sender.sv", UNBOUNDED, [("frame_sender.v", "&& free", "")], defines=SIZES,
        inside={"frame_sender.v": "sender_inside.v"}),
    Claim(
        "serial_bridge", "what the pieces of the serial bridge take for granted of each other: one frame at a time, "
        "which stays until it is answered; nobody writes the buffer while another uses it",
        "any bytes three cycles apart at least, any CRC, any registers", block(make_serial_bridge), "serial_bridge.sv",
        66, [("bridge.v", "else if (m_reply_sent)", "else if (1)"),
             ("frame_receiver.v", "else if (held)", "else if (0)")], defines=SIZES, rules=("axi_lite_rules.sv",),
        inside={"serial_bridge.v": "serial_inside.v"}, instead={
            "uart_rx": "any_uart_rx.v", "uart_tx": "any_uart_tx.v", "crc32": "any_crc32.v",
            "frame_buffer": "any_frame_buffer.v"}),
]
