// The driver in a program of Linux, behind the kernel's driver uio_pdrv_genirq: /dev/uio0 has registers and interrupt.
//
// Beside this file it needs first_spike_uio.c and the driver, first_spike_driver.h and .c. All functions of the driver
// work on `device`.

#ifndef FIRST_SPIKE_UIO_H
#define FIRST_SPIKE_UIO_H

#include "first_spike_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FIRST_SPIKE_UIO_SIZE 4096  // bytes of addresses

typedef struct {
    int file;
    first_spike_device_t device;
} first_spike_uio_t;

// Open a UIO device by its name, and fill `uio->device` as first_spike_identify does. FIRST_SPIKE_NO_DEVICE where the
// file cannot be opened or mapped, too; errno says why. After an error nothing is open.
first_spike_error_t first_spike_uio_open(first_spike_uio_t *uio, const char *path);

// Wait for an interrupt: 1 when one has come, 0 after so many milliseconds (-1: never), -1 for an error, which errno
// tells. Call first_spike_interrupt then, and wait again: the kernel keeps the interrupt off until the next wait.
int first_spike_uio_wait(const first_spike_uio_t *uio, int milliseconds);

// Give all of it back.
void first_spike_uio_close(first_spike_uio_t *uio);

#ifdef __cplusplus
}
#endif

#endif
