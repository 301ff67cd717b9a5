// A program in C++ that uses the driver in C; the registers of its device are plain memory.

#include <cstdio>
#include <initializer_list>

#include "first_spike_driver.h"

static first_spike_t registers;

int main() {
    registers.IDENTIFICATION = FIRST_SPIKE__IDENTIFICATION__MAGIC_reset;
    registers.VERSION = FIRST_SPIKE__VERSION__MAJOR_reset << FIRST_SPIKE__VERSION__MAJOR_bp;
    registers.INPUTS = 784;
    registers.OUTPUTS = 10 | 16 << FIRST_SPIKE__OUTPUTS__STEPS_bp;
    registers.SHAPE = 8 | 2 << FIRST_SPIKE__SHAPE__LAYERS_bp;
    registers.STATUS = FIRST_SPIKE__STATUS__BY_REGISTERS_bm;
    first_spike_device_t device;
    first_spike_result_t result;
    first_spike_counters_t counters;
    const first_spike_network_t network = {};
    const uint8_t image[784] = {};
    const uintptr_t address = reinterpret_cast<uintptr_t>(&registers);
    for (first_spike_error_t error : {first_spike_identify(&device, address), first_spike_start(&device, true),
                                      first_spike_load(&device, &network), first_spike_send(&device, image),
                                      first_spike_take(&device, &result),
                                      first_spike_classify(&device, image, &result)})
        std::puts(first_spike_sentence(error));
    first_spike_count(&device, &counters);
    std::printf("%u pixels, %u classes, interrupt %d\n", device.pixels, device.classes, first_spike_interrupt(&device));
}
