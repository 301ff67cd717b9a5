// The driver with the registers somewhere else: behind two functions that a test gives.

#include <stdint.h>

static uint32_t (*toy_read)(uint32_t);
static void (*toy_write)(uint32_t, uint32_t);

#define FIRST_SPIKE_READ(address) toy_read((uint32_t)(address))
#define FIRST_SPIKE_WRITE(address, value) toy_write((uint32_t)(address), value)
#define FIRST_SPIKE_PATIENCE 50

#include "first_spike_driver.c"

void toy_connect(uint32_t (*read)(uint32_t), void (*write)(uint32_t, uint32_t)) {
    toy_read = read;
    toy_write = write;
}
