#define _POSIX_C_SOURCE 200809L /* poll, and all that -std=c99 hides */

#include "first_spike_uio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

first_spike_error_t first_spike_uio_open(first_spike_uio_t *uio, const char *path) {
    uio->device.address = 0;
    uio->file = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
    if (uio->file < 0) return FIRST_SPIKE_NO_DEVICE;
    void *registers = mmap(0, FIRST_SPIKE_UIO_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, uio->file, 0);
    first_spike_error_t error = FIRST_SPIKE_NO_DEVICE;
    if (registers != MAP_FAILED) error = first_spike_identify(&uio->device, (uintptr_t)registers);
    if (error) {
        int reason = errno;
        first_spike_uio_close(uio);
        errno = reason;
    }
    return error;
}

int first_spike_uio_wait(const first_spike_uio_t *uio, int milliseconds) {
    uint32_t on = 1, count;
    if (write(uio->file, &on, sizeof on) != sizeof on) return -1;
    struct pollfd waiting = {.fd = uio->file, .events = POLLIN};
    int came = poll(&waiting, 1, milliseconds);
    if (came <= 0) return came;
    return read(uio->file, &count, sizeof count) == sizeof count ? 1 : -1;
}

void first_spike_uio_close(first_spike_uio_t *uio) {
    if (uio->device.address) munmap((void *)uio->device.address, FIRST_SPIKE_UIO_SIZE);
    uio->device.address = 0;
    if (uio->file >= 0) close(uio->file);
    uio->file = -1;
}
