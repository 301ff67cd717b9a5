// What every bench in compiled code has: the script, word by word, the scenario, and the sentence that ends it.
//
// Arguments: the script; +cycles=N, after which it ends at the latest; whatever Verilator takes. Exit status 1 and a
// sentence at the first difference.

#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

using std::string;
using std::vector;

static std::ifstream script;
static string scenario;

[[noreturn]] static void fail(const string &sentence) {
    printf("%s: %s\n", scenario.c_str(), sentence.c_str());
    fflush(stdout);
    _Exit(1);
}

template <class T> static T next() {
    T value;
    if (!(script >> value)) fail("the script ends too early");
    return value;
}

// Play the script on a bench, which has `cycle`, `most_cycles` and `images`.
template <class Bench> static int run_script(int argc, char **argv, void (*play)(Bench &)) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    script.open(argv[1]);
    Bench bench(&context);
    const string limit = "+cycles=";
    for (int k = 2; k < argc; k++)
        if (string(argv[k]).rfind(limit, 0) == 0) bench.most_cycles = std::stol(argv[k] + limit.size());
    play(bench);
#if VM_COVERAGE
    context.coveragep()->write();
#endif
    printf("%ld images, %ld cycles\n", bench.images, bench.cycle);
    fflush(stdout);
    _Exit(0);
}
