// A driver for accelerator_axi in C, without an operating system or a library: identify, load, classify by registers.
// The same for processor_axi, which takes any network within its limits: see first_spike_load.
//
// Beside this file it needs first_spike_driver.c and first_spike.h; programs may be in C or C++. One device_t per
// accelerator; not for two threads at once. The interrupt handler may call first_spike_interrupt at any time.

#ifndef FIRST_SPIKE_DRIVER_H
#define FIRST_SPIKE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "first_spike.h"

#ifdef __cplusplus
extern "C" {
#endif

// How a register is read and written, for those whose accelerator is not in their memory. No access of the driver is
// answered SLVERR unless a network is refused, but for those to the registers of a loader in a design without one.
#ifndef FIRST_SPIKE_READ
#define FIRST_SPIKE_READ(address) (*(const volatile uint32_t *)(address))
#define FIRST_SPIKE_WRITE(address, value) (*(volatile uint32_t *)(address) = (value))
#endif

// How often the driver looks at a register before it gives up.
#ifndef FIRST_SPIKE_PATIENCE
#define FIRST_SPIKE_PATIENCE 1000000
#endif

typedef enum {
    FIRST_SPIKE_OK,
    FIRST_SPIKE_NO_DEVICE,
    FIRST_SPIKE_OTHER_VERSION,
    FIRST_SPIKE_STUCK,
    FIRST_SPIKE_CONSTANTS,
    FIRST_SPIKE_OTHER_SHAPE,
    FIRST_SPIKE_BUSY,
    FIRST_SPIKE_NOT_BEGUN,
    FIRST_SPIKE_TOO_LONG,
    FIRST_SPIKE_WRONG_COUNT,
    FIRST_SPIKE_WRONG_CRC,
    FIRST_SPIKE_WRONG_BANK,
    FIRST_SPIKE_NOT_LOADED,
    FIRST_SPIKE_NO_NETWORK,
    FIRST_SPIKE_NO_ROOM,
    FIRST_SPIKE_NO_RESULT,
    FIRST_SPIKE_OTHER_INPUT,
    FIRST_SPIKE_OTHER_PROCESSOR,
    FIRST_SPIKE_FIELD_TOO_LARGE,
    FIRST_SPIKE_WRONG_FORM,
    FIRST_SPIKE_WRONG_EVENT,
    FIRST_SPIKE_NOT_STARTED,
    FIRST_SPIKE_IMPOSSIBLE,
    FIRST_SPIKE_ERRORS
} first_spike_error_t;

typedef struct {
    uintptr_t address;  // of the registers
    uint32_t pixels;    // of an image, or inputs of a recording; this and the next two of a processor: the most there
    uint32_t classes;   // may be, until a network is loaded: then what that one has
    uint32_t steps;
    uint32_t banks;     // of weights that can be loaded, 0 where they are constants
    bool events;        // it takes recordings of events, not images
    bool processor;     // it takes any network within its limits
    uint32_t beat;      // pixels in a beat
    bool loaded;        // first_spike_load has loaded a network since first_spike_identify
    bool ready;         // the same of first_spike_start, and no image or recording since then was sent in part
} first_spike_device_t;

// A network as first_spike/device/identity.py writes it: for one design, or for processors of one identity, and of the
// machine's own byte order, which is little endian.
typedef struct {
    uint32_t inputs, outputs, shape, weight_bits;  // the registers of these names in the design that it is for; for a
                                                   // processor those of such a design, and in place of the last the
                                                   // identity
    uint32_t hash[8];                              // as LOAD_HASH
    uint32_t count;                                // words of 16 bits
    uint32_t crc;                                  // as LOAD_COMMIT: of the pairs, with the WEIGHT_MAP
    uint32_t pairs[];                              // of words, (count + 1) / 2
} first_spike_network_t;

typedef struct {
    uint32_t class_index;
    uint32_t decision_time;  // a step; the number of steps where no output neuron fired
    bool silent, tie, bad_frame;
    uint32_t cycles;         // from the last pixels of the image to its result, if images come one at a time; 0 where a
                             // recording has its result before its end
} first_spike_result_t;

typedef struct {
    uint32_t images, cycles, source_stalls, sink_stalls, silent, ties, bad_frames;
} first_spike_counters_t;

// What an error means, in words.
const char *first_spike_sentence(first_spike_error_t error);

// Fill `device` with what the accelerator at an address says of itself; nothing is changed there.
// FIRST_SPIKE_IMPOSSIBLE if it names numbers that no accelerator has, such as 2^32 - 1 inputs. What a processor
// holds is not known: load a network before the first image, or FIRST_SPIKE_NO_NETWORK follows.
first_spike_error_t first_spike_identify(first_spike_device_t *device, uintptr_t address);

// Forget every image, take pixels by registers from now on, and raise the interrupt for each result, or never. It
// comes first again after an error of the functions that send: an image may lie there in part, a result come late.
first_spike_error_t first_spike_start(first_spike_device_t *device, bool interrupt);

// Load a network; with two banks into the one that is not worked with, so that two images may be under way: a third
// would begin later, with the new network. After an error the other bank works on; where there is only one, no network
// does. Of a processor `device` then says what the network takes and gives.
first_spike_error_t first_spike_load(first_spike_device_t *device, const first_spike_network_t *network);

// Give an image, `device->pixels` bytes in raster order. Its result may be taken later, after the next image was given.
// Behind FIRST_SPIKE_NO_ROOM in the middle of an image FIRST_SPIKE_NOT_STARTED follows until first_spike_start.
first_spike_error_t first_spike_send(first_spike_device_t *device, const uint8_t *pixels);

// Give a recording: `count` events in the order of their steps, each [23:0] input, [31:24] step. As first_spike_send. A
// processor takes 65,536 at the most; elsewhere the input 0xFFFFFF is refused before anything is sent.
first_spike_error_t first_spike_send_events(first_spike_device_t *device, const uint32_t *events, uint32_t count);

// For the interrupt handler: acknowledge; returns whether a result has come since the last time.
bool first_spike_interrupt(const first_spike_device_t *device);

// Take the result of the oldest image away; FIRST_SPIKE_NO_RESULT at once where none waits,
// FIRST_SPIKE_NO_DEVICE where the bus reads all ones: no result has its unused bits set.
first_spike_error_t first_spike_take(const first_spike_device_t *device, first_spike_result_t *result);

// Send an image, wait for its result without the interrupt, and take it. FIRST_SPIKE_BUSY, with nothing sent,
// where another image is under way or its result was not taken.
first_spike_error_t first_spike_classify(first_spike_device_t *device, const uint8_t *pixels,
                                         first_spike_result_t *result);

// The same for a recording.
first_spike_error_t first_spike_classify_events(first_spike_device_t *device, const uint32_t *events,
                                                uint32_t count, first_spike_result_t *result);

// What was counted since the reset.
void first_spike_count(const first_spike_device_t *device, first_spike_counters_t *counters);

#ifdef __cplusplus
}
#endif

#endif
