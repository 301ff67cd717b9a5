#include "first_spike_driver.h"

#include <stddef.h>

#define ADDRESS(name) (device->address + offsetof(first_spike_t, name))
#define READ(name) FIRST_SPIKE_READ(ADDRESS(name))
#define WRITE(name, value) FIRST_SPIKE_WRITE(ADDRESS(name), value)
#define FIELD(register, field, word) \
    (((word) & FIRST_SPIKE__##register##__##field##_bm) >> FIRST_SPIKE__##register##__##field##_bp)
#define ALL_ONES 0xFFFFFFFFu
#define CLOSE 0xFFFFFFu  // the word behind the last event
#define PROCESSOR 0x46535050u  // IDENTIFICATION: FSPP
#define MOST_BEATS (FIRST_SPIKE__FRAME__BEATS_bm + 1u)
#define MOST_PIXELS (1u << 30)  // of an image: as many numbers as a network's file may hold

static const char *const sentences[FIRST_SPIKE_ERRORS] = {
    [FIRST_SPIKE_OK] = "no error",
    [FIRST_SPIKE_NO_DEVICE] = "there is no first-spike accelerator at this address",
    [FIRST_SPIKE_OTHER_VERSION] = "the accelerator has registers of another version",
    [FIRST_SPIKE_STUCK] = "the accelerator does not begin to take pixels by registers",
    [FIRST_SPIKE_CONSTANTS] = "the weights of this accelerator are constants",
    [FIRST_SPIKE_OTHER_SHAPE] = "the network is for a design of another shape",
    [FIRST_SPIKE_BUSY] = "images are under way, or results were not taken",
    [FIRST_SPIKE_NOT_BEGUN] = "words came without the begin of a load",
    [FIRST_SPIKE_TOO_LONG] = "the network has more words than the memories hold",
    [FIRST_SPIKE_WRONG_COUNT] = "the network has another number of words than the memories need",
    [FIRST_SPIKE_WRONG_CRC] = "the words of the network have another CRC-32 than it says, or are for another design",
    [FIRST_SPIKE_WRONG_BANK] = "the bank is in use",
    [FIRST_SPIKE_NOT_LOADED] = "the accelerator does not say that the network is loaded",
    [FIRST_SPIKE_NO_NETWORK] = "no network is loaded",
    [FIRST_SPIKE_NO_ROOM] = "the accelerator takes no more pixels",
    [FIRST_SPIKE_NO_RESULT] = "there is no result",
    [FIRST_SPIKE_OTHER_INPUT] = "the accelerator takes images or recordings of events, and was given the other",
    [FIRST_SPIKE_OTHER_PROCESSOR] = "the network is packed for another processor",
    [FIRST_SPIKE_FIELD_TOO_LARGE] = "the network has a field that is larger than the processor allows",
    [FIRST_SPIKE_WRONG_FORM] = "the words of the network are no load of a processor",
    [FIRST_SPIKE_WRONG_EVENT] = "an event has the input 0xFFFFFF, which ends a recording",
    [FIRST_SPIKE_NOT_STARTED] = "first_spike_start has to come first: there was none, or an image was sent in part",
    [FIRST_SPIKE_IMPOSSIBLE] = "the registers name numbers that no accelerator has",
};

const char *first_spike_sentence(first_spike_error_t error) {
    return error < FIRST_SPIKE_ERRORS ? sentences[error] : "no such error";
}

// What the registers of a design, or of a network, say.
static void describe(first_spike_device_t *device, uint32_t inputs, uint32_t outputs, uint32_t shape) {
    device->pixels = inputs;
    device->classes = FIELD(OUTPUTS, CLASSES, outputs);
    device->steps = FIELD(OUTPUTS, STEPS, outputs);
    device->events = FIELD(SHAPE, BEAT, shape) == 0;
}

static bool is_power(uint32_t value, uint32_t least, uint32_t most) {
    return value >= least && value <= most && (value & (value - 1)) == 0;
}

// Whether a design of one network can have these numbers.
static bool is_design(uint32_t inputs, uint32_t classes, uint32_t beat, uint32_t layers, uint32_t weight_bits) {
    if (beat && !is_power(beat, 1, 16)) return false;
    for (uint32_t k = 0; k < 8 && k < layers; k++)
        if ((weight_bits >> 4 * k & 15) > 7) return false;
    return inputs && inputs <= (beat ? MOST_PIXELS : CLOSE) && classes && layers;
}

// Whether a processor can have these limits.
static bool is_processor(uint32_t inputs, uint32_t neurons, uint32_t beat, uint32_t layers) {
    return is_power(beat, 1, 16) && (inputs & (beat - 1)) == 0 && inputs >= 4 * beat && inputs <= 65535
           && is_power(neurons, 16, 16384) && is_power(layers, 2, 16);
}

// Whether an accelerator can say this of itself.
static bool is_possible(const first_spike_device_t *device, uint32_t inputs, uint32_t outputs, uint32_t shape) {
    uint32_t classes = FIELD(OUTPUTS, CLASSES, outputs), beat = FIELD(SHAPE, BEAT, shape);
    uint32_t layers = FIELD(SHAPE, LAYERS, shape);
    if (!is_power(FIELD(OUTPUTS, STEPS, outputs), 2, 256)) return false;
    return device->processor ? is_processor(inputs, classes, beat, layers)
                             : is_design(inputs, classes, beat, layers, READ(WEIGHT_BITS));
}

first_spike_error_t first_spike_identify(first_spike_device_t *device, uintptr_t address) {
    device->address = address;
    device->loaded = device->ready = false;
    uint32_t magic = READ(IDENTIFICATION);
    device->processor = magic == PROCESSOR;
    if (magic != FIRST_SPIKE__IDENTIFICATION__MAGIC_reset && !device->processor) return FIRST_SPIKE_NO_DEVICE;
    if (FIELD(VERSION, MAJOR, READ(VERSION)) != FIRST_SPIKE__VERSION__MAJOR_reset) return FIRST_SPIKE_OTHER_VERSION;
    uint32_t inputs = READ(INPUTS), outputs = READ(OUTPUTS), shape = READ(SHAPE), capabilities = READ(CAPABILITIES);
    if (!is_possible(device, inputs, outputs, shape)) return FIRST_SPIKE_IMPOSSIBLE;
    describe(device, inputs, outputs, shape);
    device->beat = FIELD(SHAPE, BEAT, shape);
    device->banks = FIELD(CAPABILITIES, LOADABLE, capabilities) ? FIELD(CAPABILITIES, BANKS, capabilities) + 1 : 0;
    return FIRST_SPIKE_OK;
}

// Look until all bits of `mask` are as in `wanted`.
static bool status_becomes(const first_spike_device_t *device, uint32_t mask, uint32_t wanted) {
    for (uint32_t looks = 0; looks < FIRST_SPIKE_PATIENCE; looks++)
        if ((READ(STATUS) & mask) == wanted) return true;
    return false;
}

first_spike_error_t first_spike_start(first_spike_device_t *device, bool interrupt) {
    device->ready = false;
    WRITE(GLOBAL_INTERRUPT_ENABLE, 0);
    WRITE(CONTROL, FIRST_SPIKE__CONTROL__BY_REGISTERS_bm | FIRST_SPIKE__CONTROL__RESTART_bm);
    if (!status_becomes(device, FIRST_SPIKE__STATUS__BY_REGISTERS_bm | FIRST_SPIKE__STATUS__BUSY_bm,
                        FIRST_SPIKE__STATUS__BY_REGISTERS_bm))
        return FIRST_SPIKE_STUCK;
    WRITE(ERRORS, ALL_ONES);
    WRITE(INTERRUPT_STATUS, ALL_ONES);
    WRITE(INTERRUPT_ENABLE, FIRST_SPIKE__INTERRUPT_ENABLE__DONE_bm);
    WRITE(GLOBAL_INTERRUPT_ENABLE, interrupt);
    device->ready = true;
    return FIRST_SPIKE_OK;
}

static first_spike_error_t load_error(uint32_t status) {
    if (FIELD(LOAD_STATUS, WRONG_BANK, status)) return FIRST_SPIKE_WRONG_BANK;
    if (FIELD(LOAD_STATUS, TOO_LONG, status)) return FIRST_SPIKE_TOO_LONG;
    if (FIELD(LOAD_STATUS, WRONG_COUNT, status)) return FIRST_SPIKE_WRONG_COUNT;
    if (FIELD(LOAD_STATUS, WRONG_CRC, status)) return FIRST_SPIKE_WRONG_CRC;
    if (FIELD(LOAD_STATUS, NOT_BEGUN, status)) return FIRST_SPIKE_NOT_BEGUN;
    if (FIELD(LOAD_STATUS, OTHER_PROCESSOR, status)) return FIRST_SPIKE_OTHER_PROCESSOR;
    if (FIELD(LOAD_STATUS, FIELD_TOO_LARGE, status)) return FIRST_SPIKE_FIELD_TOO_LARGE;
    return FIELD(LOAD_STATUS, WRONG_FORM, status) ? FIRST_SPIKE_WRONG_FORM : FIRST_SPIKE_OK;
}

static bool is_for(const first_spike_device_t *device, const first_spike_network_t *network) {
    if (device->processor) return network->weight_bits == READ(WEIGHT_MAP);
    return network->inputs == READ(INPUTS) && network->outputs == READ(OUTPUTS) && network->shape == READ(SHAPE)
           && network->weight_bits == READ(WEIGHT_BITS);
}

first_spike_error_t first_spike_load(first_spike_device_t *device, const first_spike_network_t *network) {
    if (!device->banks) return FIRST_SPIKE_CONSTANTS;
    if (!is_for(device, network)) return FIRST_SPIKE_OTHER_SHAPE;
    if (device->banks == 1 && !status_becomes(device, FIRST_SPIKE__STATUS__BUSY_bm, 0)) return FIRST_SPIKE_BUSY;
    uint32_t bank = device->banks == 2 && !FIELD(LOAD_STATUS, BANK, READ(LOAD_STATUS));
    WRITE(LOAD_STATUS, ALL_ONES);
    WRITE(LOAD_BEGIN, bank);
    first_spike_error_t error = load_error(READ(LOAD_STATUS));
    if (error) return error;
    for (uint32_t k = 0; k < (network->count + 1) / 2; k++) WRITE(LOAD_WORDS, network->pairs[k]);
    for (uint32_t k = 0; k < 8; k++) WRITE(LOAD_HASH[k], network->hash[k]);
    WRITE(LOAD_COUNT, network->count);
    WRITE(LOAD_COMMIT, network->crc);
    uint32_t status = READ(LOAD_STATUS);
    error = load_error(status);
    if (error) return error;
    bool works = FIELD(LOAD_STATUS, BANK, status) == bank && FIELD(LOAD_STATUS, LOADED, status) >> bank & 1;
    if (!works) return FIRST_SPIKE_NOT_LOADED;
    if (device->processor) describe(device, network->inputs, network->outputs, network->shape);
    device->loaded = true;
    return FIRST_SPIKE_OK;
}

// What keeps an image, or a recording, from being sent.
static first_spike_error_t send_error(const first_spike_device_t *device, bool events) {
    if (device->processor && !device->loaded) return FIRST_SPIKE_NO_NETWORK;
    if (device->events != events) return FIRST_SPIKE_OTHER_INPUT;
    if (!device->ready) return FIRST_SPIKE_NOT_STARTED;
    if (!device->banks) return FIRST_SPIKE_OK;
    uint32_t status = READ(LOAD_STATUS);
    bool loaded = FIELD(LOAD_STATUS, LOADED, status) >> FIELD(LOAD_STATUS, BANK, status) & 1;
    return loaded ? FIRST_SPIKE_OK : FIRST_SPIKE_NO_NETWORK;
}

static first_spike_error_t send_word(first_spike_device_t *device, uint32_t word) {
    if (!status_becomes(device, FIRST_SPIKE__STATUS__ROOM_bm, FIRST_SPIKE__STATUS__ROOM_bm)) return FIRST_SPIKE_NO_ROOM;
    device->ready = false;
    WRITE(PIXELS, word);
    return FIRST_SPIKE_OK;
}

// Tell a processor the beats of the frame that follows, when those of the one before are gone.
static first_spike_error_t begin_frame(const first_spike_device_t *device, uint32_t beats, uint32_t events) {
    if (!device->processor) return FIRST_SPIKE_OK;
    if (beats > MOST_BEATS || !status_becomes(device, FIRST_SPIKE__STATUS__ROOM_bm, FIRST_SPIKE__STATUS__ROOM_bm))
        return FIRST_SPIKE_NO_ROOM;
    WRITE(FRAME, (beats - 1) | events);
    return FIRST_SPIKE_OK;
}

first_spike_error_t first_spike_send(first_spike_device_t *device, const uint8_t *pixels) {
    first_spike_error_t error = send_error(device, false);
    uint32_t bytes = device->pixels;
    if (!error && device->processor) {
        uint32_t beats = (bytes + device->beat - 1) / device->beat;
        bytes = beats * device->beat;
        error = begin_frame(device, beats, 0);
    }
    for (uint32_t first = 0; !error && first < bytes; first += 4) {
        uint32_t word = 0;
        for (uint32_t k = first; k < first + 4 && k < device->pixels; k++)
            word |= (uint32_t)pixels[k] << 8 * (k - first);
        error = send_word(device, word);
    }
    if (!error) device->ready = true;
    return error;
}

first_spike_error_t first_spike_send_events(first_spike_device_t *device, const uint32_t *events, uint32_t count) {
    first_spike_error_t error = send_error(device, true);
    bool closes = !device->processor || !count;  // a processor knows the last event by its number
    for (uint32_t k = 0; !error && !device->processor && k < count; k++)
        if ((events[k] & CLOSE) == CLOSE) error = FIRST_SPIKE_WRONG_EVENT;
    if (!error) error = begin_frame(device, count + closes, FIRST_SPIKE__FRAME__EVENTS_bm);
    for (uint32_t k = 0; !error && k < count; k++) error = send_word(device, events[k]);
    if (!error && closes) error = send_word(device, CLOSE);
    if (!error) device->ready = true;
    return error;
}

bool first_spike_interrupt(const first_spike_device_t *device) {
    uint32_t came = READ(INTERRUPT_STATUS);
    WRITE(INTERRUPT_STATUS, came);
    return FIELD(INTERRUPT_STATUS, DONE, came);
}

first_spike_error_t first_spike_take(const first_spike_device_t *device, first_spike_result_t *result) {
    if (!FIELD(STATUS, WAITING, READ(STATUS))) return FIRST_SPIKE_NO_RESULT;
    uint32_t word = READ(RESULT);
    if (word == ALL_ONES) return FIRST_SPIKE_NO_DEVICE;
    result->class_index = FIELD(RESULT, CLASS_INDEX, word);
    result->decision_time = FIELD(RESULT, DECISION_TIME, word);
    result->silent = FIELD(RESULT, SILENT, word);
    result->tie = FIELD(RESULT, TIE, word);
    result->bad_frame = FIELD(RESULT, BAD_FRAME, word);
    result->cycles = FIELD(LATENCY, CYCLES, READ(LATENCY));
    WRITE(RESULT_TAKE, FIRST_SPIKE__RESULT_TAKE__TAKE_bm);
    return FIRST_SPIKE_OK;
}

// What keeps an image, or a recording, from being the only one under way.
static first_spike_error_t classify_error(const first_spike_device_t *device, bool events) {
    first_spike_error_t error = send_error(device, events);
    return error || status_becomes(device, FIRST_SPIKE__STATUS__BUSY_bm, 0) ? error : FIRST_SPIKE_BUSY;
}

static first_spike_error_t await_result(const first_spike_device_t *device, first_spike_result_t *result) {
    if (!status_becomes(device, FIRST_SPIKE__STATUS__WAITING_bm, FIRST_SPIKE__STATUS__WAITING_bm))
        return FIRST_SPIKE_NO_RESULT;
    return first_spike_take(device, result);
}

first_spike_error_t first_spike_classify(first_spike_device_t *device, const uint8_t *pixels,
                                         first_spike_result_t *result) {
    first_spike_error_t error = classify_error(device, false);
    if (!error) error = first_spike_send(device, pixels);
    return error ? error : await_result(device, result);
}

first_spike_error_t first_spike_classify_events(first_spike_device_t *device, const uint32_t *events,
                                                uint32_t count, first_spike_result_t *result) {
    first_spike_error_t error = classify_error(device, true);
    if (!error) error = first_spike_send_events(device, events, count);
    return error ? error : await_result(device, result);
}

void first_spike_count(const first_spike_device_t *device, first_spike_counters_t *counters) {
    counters->images = READ(IMAGES);
    counters->cycles = READ(CYCLES);
    counters->source_stalls = READ(SOURCE_STALLS);
    counters->sink_stalls = READ(SINK_STALLS);
    counters->silent = READ(SILENT);
    counters->ties = READ(TIES);
    counters->bad_frames = READ(BAD_FRAMES);
}
