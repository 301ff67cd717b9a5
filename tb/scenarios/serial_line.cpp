// A host in compiled code at the other end of a serial line: plays a script on a design with `accelerator_serial` as its
// top, and holds every byte that comes back to what the script says. tb/scenarios/serial_script.py
// writes scripts, tb/scenarios/scripted.py compiles designs together with this.

#include "script.h"

const int BITS = 10;             // of a byte, with start and stop bit
const int REST_BITS = 60;        // after the last byte of an answer in which no other may come
const int PATIENT_BITS = 60000;  // from the last byte of a request to that of its answer

class Host {
public:
    Host(VerilatedContext *context) : top(context) { top.rx = 1; }

    Vtop top;
    int bit = 0;  // cycles
    long cycle = 0, most_cycles = 0, images = 0;

    void reset(long cycles) {
        top.rst = 1;
        wait(cycles);
        top.rst = 0;
        received = -1;
        bytes.clear();
    }

    // The level of the line from now on, for so many cycles.
    void line(int value, long cycles) {
        top.rx = value;
        wait(cycles);
    }

    // A byte, or one without its stop bit.
    void send(uint8_t byte, bool broken) {
        uint32_t levels = byte << 1 | (broken ? 0 : 1 << (BITS - 1));
        for (int k = 0; k < BITS; k++) line(levels >> k & 1, bit);
        if (broken) line(1, bit);
    }

    // Exactly these bytes come back.
    void expect(const string &right) {
        for (long waited = 0; bytes.size() < right.size(); waited += bit) {
            if (waited > long(PATIENT_BITS) * bit) fail("an answer is missing; there is " + bytes + ", right is " + right);
            wait(bit);
        }
        wait(REST_BITS * bit);
        if (bytes != right) fail("a wrong answer " + bytes + ", right is " + right);
        bytes.clear();
    }

    void wait(long cycles) {
        for (long k = 0; k < cycles; k++) tick();
    }

private:
    string bytes;       // that have come, two digits each
    int received = -1;  // cycles of the byte that is coming, -1 between bytes
    int byte = 0, level = 1;

    void tick() {
        top.clk = 0;
        top.eval();
        if (!top.rst) listen(top.tx);
        top.clk = 1;
        top.eval();
        if (++cycle == most_cycles) fail("no end");
    }

    void listen(int now) {
        if (received < 0 && now) return;
        received++;
        if (received % bit == 0) {
            level = now;
            byte = byte >> 1 | now << 9;
        } else if (now != level) fail("a bit that is too short");
        if (received == BITS * bit - 1) {
            if (!(byte & 1 << 9) || byte & 1) fail("a byte without its start or stop bit");
            char digits[3];
            snprintf(digits, sizeof digits, "%02x", byte >> 1 & 0xFF);
            bytes += digits;
            received = -1;
            byte = 0;
        }
    }
};

static void play(Host &host) {
    string word;
    while (script >> word) {
        if (word == "design") {
            host.bit = next<int>();
        } else if (word == "scenario") {
            scenario = next<string>();
        } else if (word == "reset") {
            host.reset(next<long>());
        } else if (word == "send") {  // "-" and two digits for each byte, ".." for one that is broken
            string line = next<string>();
            for (size_t k = 1; k + 1 < line.size(); k += 2) {
                string digits = line.substr(k, 2);
                host.send(uint8_t(strtoul(digits.c_str(), nullptr, 16)), digits == "..");
            }
        } else if (word == "answer") {
            host.expect(next<string>().substr(1));
        } else if (word == "line") {
            int level = next<int>();
            host.line(level, next<long>());
        } else if (word == "wait") {
            host.wait(next<long>());
        } else if (word == "irq") {
            if (host.top.irq != next<int>()) fail("a wrong interrupt");
        } else if (word == "taken") {
            host.images++;
        } else {
            fail("the script says " + word);
        }
    }
}

int main(int argc, char **argv) { return run_script<Host>(argc, argv, play); }
