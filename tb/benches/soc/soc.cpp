// Runs the SoC until its program ends; what it says on the console goes to stdout. Exit status 0 if the program ends
// with 0. The one argument that begins with no + is the most cycles that it may take.

#include <stdio.h>
#include <stdlib.h>

#include "Vsoc.h"
#include "verilated.h"

static const int RESET_CYCLES = 10;

int main(int argc, char **argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    long most = 0;
    for (int k = 1; k < argc; k++)
        if (argv[k][0] != '+') most = atol(argv[k]);
    Vsoc soc(&context);
    for (long cycle = 0; cycle < most; cycle++) {
        soc.rst = cycle < RESET_CYCLES;
        soc.clk = 0;
        soc.eval();
        soc.clk = 1;
        soc.eval();
        if (cycle < RESET_CYCLES) continue;
        if (soc.console_valid) putchar(soc.console_byte);
        if (soc.ended) return soc.status;
        if (soc.trap) {
            fprintf(stderr, "the processor has stopped\n");
            return 1;
        }
    }
    fprintf(stderr, "the program has not ended within %ld cycles\n", most);
    return 1;
}
