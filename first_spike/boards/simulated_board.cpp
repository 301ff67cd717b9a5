// A board in simulation: the design's serial line is a pseudo-terminal, which a host opens like any serial port.
//
// Prints the name of the terminal once the design is out of its reset. Goes on until stdin is closed; an `r` on stdin
// resets the design, as a power cycle would, and a `b` is a break: the line to the design is low for longer than a byte;
// a `B` is a long one, which resets a board. CYCLES_PER_BIT is that of the design.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "Vtop.h"
#include "verilated.h"

static const int RESET_CYCLES = 3;
static const int AWAKE = 100;         // cycles after which the reset is over, with that which a board's top adds
static const int BREAK_BITS = 25;
static const int LONG_BREAK_BITS = 70000 / CYCLES_PER_BIT;
static const int LOOK = 64;           // cycles between two looks at an idle terminal
static const int LOOK_AT_STDIN = 4096;
static const int SLEEP_AFTER = 200000;  // cycles without a byte, after which nothing can be under way for long
static const int SLEEP_MICROSECONDS = 300;

static int terminal() {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master)) {
        perror("no pseudo-terminal");
        exit(1);
    }
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);  // stays open: a host may come and go
    struct termios settings;
    tcgetattr(slave, &settings);
    cfmakeraw(&settings);
    tcsetattr(slave, TCSANOW, &settings);
    fcntl(master, F_SETFL, O_NONBLOCK);
    fcntl(0, F_SETFL, O_NONBLOCK);
    return master;
}

int main(int argc, char **argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    Vtop top(&context);
    int master = terminal();

    long idle = 0, cycle = 0;
    int reset = RESET_CYCLES;
    int sending = 0, sent_cycle = 0;         // bits that are left of the byte to the design
    unsigned frame = 0;
    int receiving = -1, received_cycle = 0;  // number of the bit that comes next from the design, -1 between bytes
    unsigned char byte = 0;
    top.rx = 1;
    while (true) {
        top.rst = reset > 0;
        if (reset > 0) reset--;
        top.clk = 0;
        top.eval();
        top.clk = 1;
        top.eval();
        cycle++;
        idle++;
        if (cycle == AWAKE) {  // not earlier: what a host sends into the reset is lost
            printf("%s\n", ptsname(master));
            fflush(stdout);
        }

        if (sending && --sent_cycle == 0) {
            idle = 0;  // or the next byte waited for the next look
            sending--;
            frame >>= 1;
            sent_cycle = CYCLES_PER_BIT;
            top.rx = sending ? frame & 1 : 1;
        }
        unsigned char next;
        if (!sending && cycle % (idle > LOOK ? LOOK : 1) == 0 && read(master, &next, 1) == 1) {
            frame = next << 1 | 1 << 9;
            sending = 10;
            sent_cycle = CYCLES_PER_BIT;
            top.rx = 0;
            idle = 0;
        }

        if (receiving < 0 && !top.tx && !reset) {
            receiving = 0;
            received_cycle = CYCLES_PER_BIT + CYCLES_PER_BIT / 2;
            idle = 0;
        } else if (receiving >= 0 && --received_cycle == 0) {
            received_cycle = CYCLES_PER_BIT;
            if (receiving == 8) {
                receiving = -1;
                if (write(master, &byte, 1) != 1) fprintf(stderr, "a byte had no room in the terminal\n");
            } else {
                byte = byte >> 1 | top.tx << 7;
                receiving++;
            }
        }

        if (cycle % LOOK_AT_STDIN == 0) {
            char command;
            ssize_t count = read(0, &command, 1);
            if (count == 0) break;
            if (count == 1 && command == 'r') {
                reset = RESET_CYCLES;
                receiving = -1;
            }
            if (count == 1 && (command == 'b' || command == 'B')) {
                frame = 0;
                sending = command == 'b' ? BREAK_BITS : LONG_BREAK_BITS;
                sent_cycle = CYCLES_PER_BIT;
                top.rx = 0;
            }
        }
        if (idle > SLEEP_AFTER && cycle % LOOK_AT_STDIN == 0) usleep(SLEEP_MICROSECONDS);
    }
    return 0;
}
