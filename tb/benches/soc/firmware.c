// Firmware of the small SoC: identifies the accelerator, loads the network that lies in memory, classifies the digits
// that lie there, waiting for the interrupt, and says on the console what came out; tb/benches/soc/simulated_soc.py reads it.

#include "first_spike_driver.h"

#define ACCELERATOR 0x40000000
#define CONSOLE (*(volatile uint32_t *)0x10000000)
#define INTERRUPT 3  // number of the line from the accelerator
#define CUT_SHORT 3  // words of a network that is none

extern first_spike_network_t network_image;
extern const uint8_t digits[], digits_end[];

static first_spike_device_t device;
static volatile uint32_t interrupts, results;

// For start.S: `lines` are those that are pending.
void interrupt(uint32_t lines) {
    if (!(lines >> INTERRUPT & 1)) return;
    interrupts++;
    if (first_spike_interrupt(&device)) results++;
}

static void mask_interrupts(uint32_t mask) {
    __asm__ volatile(".insn r 0x0B, 0, 3, x0, %0, x0" : : "r"(mask) : "memory");
}

static void wait_for_interrupt(void) {
    __asm__ volatile(".insn r 0x0B, 0, 4, x0, x0, x0" : : : "memory");
}

static void say(const char *text) {
    while (*text) CONSOLE = *text++;
}

static void say_number(const char *name, uint32_t value) {
    char figures[11], *first = figures + sizeof figures - 1;
    *first = 0;
    do *--first = '0' + value % 10;
    while (value /= 10);
    say(name);
    say(" ");
    say(first);
    say(" ");
}

static int fail(first_spike_error_t error) {
    say("error: ");
    say(first_spike_sentence(error));
    say("\n");
    return 1;
}

// Wait until `count` results have come. Nothing may come between the look and the wait, so interrupts wait meanwhile.
static void wait_for_results(uint32_t count) {
    while (results != count) {
        mask_interrupts(~0u);
        if (results != count) wait_for_interrupt();
        mask_interrupts(~(1u << INTERRUPT));
    }
}

static first_spike_error_t load(void) {
    uint32_t count = network_image.count;
    network_image.count = CUT_SHORT;
    first_spike_error_t error = first_spike_load(&device, &network_image);
    say("refused: ");
    say(first_spike_sentence(error));
    say("\n");
    network_image.count = count;
    first_spike_counters_t before, after;
    first_spike_count(&device, &before);
    error = first_spike_load(&device, &network_image);
    if (error) return error;
    first_spike_count(&device, &after);
    say("loaded: ");
    say_number("words", network_image.count);
    say_number("cycles", after.cycles - before.cycles);
    say("\n");
    return FIRST_SPIKE_OK;
}

static first_spike_error_t classify(const uint8_t *digit, uint32_t number) {
    first_spike_result_t result;
    first_spike_error_t error = first_spike_send(&device, digit);
    if (error) return error;
    wait_for_results(number + 1);
    error = first_spike_take(&device, &result);
    if (error) return error;
    say("digit: ");
    say_number("class", result.class_index);
    say_number("step", result.decision_time);
    say_number("silent", result.silent);
    say_number("tie", result.tie);
    say_number("bad", result.bad_frame);
    say_number("cycles", result.cycles);
    say("\n");
    return FIRST_SPIKE_OK;
}

int main(void) {
    first_spike_error_t error = first_spike_identify(&device, ACCELERATOR);
    if (error) return fail(error);
    say("device: ");
    say_number("pixels", device.pixels);
    say_number("classes", device.classes);
    say_number("steps", device.steps);
    say_number("banks", device.banks);
    say("\n");
    error = first_spike_start(&device, true);
    if (error) return fail(error);
    mask_interrupts(~(1u << INTERRUPT));
    error = load();
    if (error) return fail(error);
    uint32_t number = 0;
    for (const uint8_t *digit = digits; digit < digits_end; digit += device.pixels, number++) {
        error = classify(digit, number);
        if (error) return fail(error);
    }
    first_spike_counters_t counters;
    first_spike_count(&device, &counters);
    say("counters: ");
    say_number("images", counters.images);
    say_number("silent", counters.silent);
    say_number("ties", counters.ties);
    say_number("bad", counters.bad_frames);
    say_number("interrupts", interrupts);
    say_number("cycles", counters.cycles);
    say("\n");
    return 0;
}
