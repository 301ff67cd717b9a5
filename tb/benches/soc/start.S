# The first instructions of the firmware, and the way into the interrupt handler. PicoRV32 starts at 0 and goes to 0x10
# for an interrupt; its instructions for interrupts are its own.

.macro read_interrupt_register rd, number
    .insn r 0x0B, 0, 0, \rd, x\number, x0
.endm
.macro return_from_interrupt
    .insn r 0x0B, 0, 2, x0, x0, x0
.endm

    .section .start, "ax"
reset:
    la sp, stack_end
    j begin

    .org 0x10
    addi sp, sp, -64
    sw ra, 0(sp)
    sw t0, 4(sp)
    sw t1, 8(sp)
    sw t2, 12(sp)
    sw t3, 16(sp)
    sw t4, 20(sp)
    sw t5, 24(sp)
    sw t6, 28(sp)
    sw a0, 32(sp)
    sw a1, 36(sp)
    sw a2, 40(sp)
    sw a3, 44(sp)
    sw a4, 48(sp)
    sw a5, 52(sp)
    sw a6, 56(sp)
    sw a7, 60(sp)
    read_interrupt_register a0, 1
    call interrupt
    lw ra, 0(sp)
    lw t0, 4(sp)
    lw t1, 8(sp)
    lw t2, 12(sp)
    lw t3, 16(sp)
    lw t4, 20(sp)
    lw t5, 24(sp)
    lw t6, 28(sp)
    lw a0, 32(sp)
    lw a1, 36(sp)
    lw a2, 40(sp)
    lw a3, 44(sp)
    lw a4, 48(sp)
    lw a5, 52(sp)
    lw a6, 56(sp)
    lw a7, 60(sp)
    addi sp, sp, 64
    return_from_interrupt

begin:
    la t0, bss_begin
    la t1, bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  call main
    li t0, 0x10000004
    sw a0, 0(t0)
3:  j 3b

    .section .rodata
    .balign 4
    .global network_image
network_image:
    .incbin "network.bin"
    .balign 4
    .global digits, digits_end
digits:
    .incbin "digits.bin"
digits_end:
