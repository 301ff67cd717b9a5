// A program of Linux as a user writes it, whose accesses to registers a device in another process answers: in shared
// memory that both have mapped, each is written down behind the registers, where none are, and waits for its answer.

#include <sched.h>
#include <stdint.h>
#include <stdio.h>

enum { ASKED, ANSWERED, IS_WRITE, ADDRESS, WORD };  // of a mailbox of words
#define PAGE 4096u
#define MAILBOX 2048u

static uint32_t shared_access(uintptr_t address, uint32_t is_write, uint32_t word) {
    uint32_t *box = (uint32_t *)((address & ~(uintptr_t)(PAGE - 1)) + MAILBOX);
    box[IS_WRITE] = is_write;
    box[ADDRESS] = address & (PAGE - 1);
    box[WORD] = word;
    uint32_t number = box[ASKED] + 1;
    __atomic_store_n(&box[ASKED], number, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&box[ANSWERED], __ATOMIC_SEQ_CST) != number) sched_yield();
    return box[WORD];
}

#define FIRST_SPIKE_READ(address) shared_access(address, 0, 0)
#define FIRST_SPIKE_WRITE(address, value) shared_access(address, 1, value)
#define FIRST_SPIKE_PATIENCE 50

#include "first_spike_driver.c"
#include "first_spike_uio.c"

// Arguments: the device, and pixels of an image.
int main(int count, char **arguments) {
    first_spike_uio_t uio;
    first_spike_result_t result;
    uint8_t pixels[64] = {0};
    alarm(60);  // the end, where nobody answers
    for (int k = 2; k < count; k++) sscanf(arguments[k], "%hhu", &pixels[k - 2]);
    first_spike_error_t error = first_spike_uio_open(&uio, arguments[1]);
    if (!error) error = first_spike_start(&uio.device, false);
    if (!error) error = first_spike_classify(&uio.device, pixels, &result);
    if (error) puts(first_spike_sentence(error));
    else printf("class %u of %u, step %u, %u cycles\n", result.class_index, uio.device.classes, result.decision_time,
                result.cycles);
    first_spike_uio_close(&uio);
    return error;
}
