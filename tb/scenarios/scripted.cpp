// A bench in compiled code: plays a script on the streams of an accelerator, and holds what comes out to what the script
// says. tb/scenarios/scripted.py writes scripts, tb/scenarios/scripted.py compiles designs together with this.
//
// design.h says what there is: STREAMS (a HIDDEN for each hidden layer, an OUTPUT for the last one), DECIDE, DECIDED,
// CLEARED, and HOLD, LOADED, REGISTERS, PROCESSOR, TKEEP, CUT (beats of the stream are cut), TID and TUSER (all ones)
// where the design has them.

#include <algorithm>
#include <deque>

#include "Vtop___024root.h"
#include "design.h"
#include "script.h"

const int ANSWER_CYCLES = 2;  // from the later of an access' address and data to its answer, at least

const int NULL_BYTE = -1;  // in a frame: there is none, whatever stands on the bus
#ifdef TKEEP
const int PADDING = NULL_BYTE;  // of the last beat
#else
const int PADDING = 0;
#endif

struct Frame {
    vector<int> bytes;
};

// What a frame hands to its result.
struct Tags {
    uint32_t tid, tuser;
};

struct Expected {
    uint32_t word;
    long cycles;                // from the first beat of its batch, -1 if nobody knows
    vector<vector<int>> times;  // of each layer
};

struct Feed {
    int row_bits, often;  // often: spikes that each source may have
    vector<vector<int>> sources;  // [way][row], -1 for nobody
};

static uint64_t random_state = 1;

static uint32_t random_word() {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state >> 16;
}

// Whether an end stalls in this cycle: never (0), every third cycle (-1), or in so many percent of the cycles.
struct Stalls {
    int kind = 0, count = 0;
    bool now() {
        if (kind < 0) return ++count % 3 == 0;
        return kind && int(random_word() % 100) < kind;
    }
};

class Bench {
public:
    Bench(VerilatedContext *context) : top(context) {
#ifdef LOADED
        top.s_load_valid = 0;
#endif
#ifdef PROCESSOR
        top.s_load_tvalid = 0;
#endif
    }

    int steps, pixels, rest, patience;
    vector<int> sizes;
    vector<Feed> feeds;
    int lanes;
    Stalls source, sink;
    bool closed = false, at_decisions = false;
    bool held = false;
    size_t decisions = 0;  // since the reset, or the beginning of the scenario
    long images = 0, cycle = 0;
    long source_stalls = 0, sink_stalls = 0;  // since the reset
    long most_cycles = 0;                     // 0 for any number

    void hold_reset(int cycles) {
        forget();
        ask_nothing();
        top.rst = 1;
        for (int k = 0; k < cycles; k++) tick();
        top.rst = 0;
        forget();
    }

    // A result was read from the registers.
    void take() {
        if (decided.empty()) fail("a result without a decision");
        decided.pop_back();
        images++;
    }

    // What is under way comes to nothing, as after a restart by register.
    void drop() { forget(); }

    // The same, but what is left of the frame that has begun still comes.
    void drop_results() {
        if (offering && !taken) fail("a beat waits in a restart");
        std::deque<Frame> cut(frames.begin(), frames.begin() + (place > 0));
        size_t begun = place;
        forget();
        frames = cut;
        place = begun;
    }

    void send(const Frame &frame) { frames.push_back(frame); }
    void expect(const Expected &one) { expected.push_back(one); }

    // All that is expected comes, and nothing else.
    void finish() {
        long last = cycle;
        size_t before = expected.size();
        while (!expected.empty() || !frames.empty() || (offering && !taken)) {  // an image may be decided before its end
            tick();
            if (expected.size() < before) {
                before = expected.size();
                last = cycle;
            }
            if (cycle - last > patience) fail("no result within " + std::to_string(patience) + " cycles");
        }
        for (int k = 0; k < rest; k++) tick();
        if (!decided.empty()) fail("a decision too many");
        first_beat = -1;
    }

    void wait(long cycles) {
        for (long k = 0; k < cycles; k++) tick();
    }

    void wait_until_decided(size_t count) {
        for (long waited = 0; decisions < count; waited++) {
            if (waited > patience) fail("too few decisions");
            tick();
        }
    }

    void wait_for_a_decision() {
        look();
        for (long waited = 0; !deciding; waited++) {
            if (waited > patience) fail("no decision");
            tick();
            look();
        }
    }

    // Everything is full: the source waits, a result is offered, so many images are decided.
    void require_full(size_t places) {
        look();
        if (top.s_axis_tready) fail("pixels are taken without room for them");
        if (!top.m_axis_tvalid || decided.size() != places) fail("not as many results wait as have a place");
    }

#ifdef LOADED
    void load(uint32_t address, uint16_t word) {
        top.s_load_valid = 1;
        top.s_load_address = address;
        top.s_load_data = word;
        tick();
        top.s_load_valid = 0;
    }
#endif

#ifdef PROCESSOR
    // Words of a load, with pauses; the last one with TLAST, or none.
    void load(const vector<uint32_t> &words, bool whole) {
        for (size_t k = 0; k < words.size(); k++) {
            for (int pause = random_word() % 8 ? 0 : random_word() % 64; pause; pause--) tick();
            top.s_load_tvalid = 1;
            top.s_load_tdata = words[k];
            top.s_load_tlast = whole && k + 1 == words.size();
            load_taken = false;
            for (long waited = 0; !load_taken; waited++) {
                if (waited > patience) fail("a word of a load is not taken");
                tick();
            }
            top.s_load_tvalid = 0;
        }
    }

    // No more of the frames comes.
    void abandon() {
        frames.clear();
        place = 0;
        offering = in_frame = false;
    }

    // Of what was abandoned those have results that were decided, at any time.
    void keep() {
        expected.resize(decided.size());
        for (Expected &one : expected) one.cycles = -1;
        first_beat = -1;
    }

    void require_status(int present, int error) {
        wait(2);
        if (top.present != present || top.error != error)
            fail("a wrong status: " + std::to_string(top.present) + " " + std::to_string(top.error));
    }

#endif

#ifdef REGISTERS
    Stalls registers;

    // The answer to a write.
    int write(uint32_t address, uint32_t data, int strobes) {
        address_taken = data_taken = answered = false;
        bool asking = false, giving = false;
        while (!answered) {
            asking = !address_taken && (asking || !registers.now());
            giving = !data_taken && (giving || !registers.now());
            top.s_axil_awvalid = asking;
            top.s_axil_awaddr = asking ? address : random_word();
            top.s_axil_wvalid = giving;
            top.s_axil_wdata = giving ? data : random_word();
            top.s_axil_wstrb = giving ? strobes : random_word() & 15;
            top.s_axil_bready = !registers.now();
            top.s_axil_awprot = top.s_axil_awaddr >> 2 & 7;
            access();
        }
        return answer;
    }

    // Half of a write: its address, or its data.
    void write_half(bool has_address, uint32_t address, uint32_t data) {
        address_taken = data_taken = false;
        while (!address_taken && !data_taken) {
            top.s_axil_awvalid = has_address;
            top.s_axil_awaddr = address;
            top.s_axil_wvalid = !has_address;
            top.s_axil_wdata = data;
            top.s_axil_wstrb = 15;
            access();
        }
    }

    // The answer to a read, and the word.
    int read(uint32_t address, uint32_t &word) {
        address_taken = answered = false;
        bool asking = false;
        while (!answered) {
            asking = !address_taken && (asking || !registers.now());
            top.s_axil_arvalid = asking;
            top.s_axil_araddr = asking ? address : random_word();
            top.s_axil_arprot = top.s_axil_araddr >> 2 & 7;
            top.s_axil_rready = !registers.now();
            access();
        }
        word = read_word;
        return answer;
    }

    // Two words, the second of which is asked for as soon as the first address is taken.
    void read_two(const uint32_t addresses[2], uint32_t words[2]) {
        int asked = 0, given = 0;
        while (given < 2) {
            address_taken = answered = false;
            top.s_axil_arvalid = asked < 2;
            top.s_axil_araddr = asked < 2 ? addresses[asked] : random_word();
            top.s_axil_arprot = top.s_axil_araddr >> 2 & 7;
            top.s_axil_rready = !registers.now();
            access();
            asked += address_taken;
            if (answered) words[given++] = read_word;
        }
    }

#endif

    void tick() {
        drive();
        look();
        watch();
        top.clk = 1;
        top.eval();
        if (++cycle == most_cycles) fail("no end");
    }

    Vtop top;

private:
#ifdef PROCESSOR
    bool load_taken = false;
#endif
    std::deque<Frame> frames;
    size_t place = 0;  // byte of the first frame that comes next
    bool offering = false, taken = true, open = false;
    bool deciding = false, was_deciding = false;
    std::deque<Expected> expected;
    std::deque<vector<vector<int>>> decided;
    std::deque<Tags> tags;  // of frames that have begun and have no result
    std::deque<long> offers;
    vector<vector<int>> now;
    bool in_frame = false, offered = false;
    uint32_t offered_word = 0;
    long first_beat = -1;

#ifdef REGISTERS
    bool address_taken, data_taken, answered, answering = false;
    long asked = 0;
    int answer;
    uint32_t read_word;
    long busy = 0;

    void access() {
        tick();
        ask_nothing();
    }

    void ask_nothing() {
        top.s_axil_awvalid = top.s_axil_wvalid = top.s_axil_arvalid = top.s_axil_bready = top.s_axil_rready = 0;
    }

    void watch_registers() {
        if ((top.s_axil_awvalid && top.s_axil_awready) || (top.s_axil_arvalid && top.s_axil_arready)) {
            address_taken = true;
            asked = cycle;
        }
        if (top.s_axil_wvalid && top.s_axil_wready) {
            data_taken = true;
            asked = cycle;
        }
        if (top.s_axil_bvalid || top.s_axil_rvalid) {
            if (!answering && cycle < asked + ANSWER_CYCLES) fail("an answer too early");
            answering = true;
        } else answering = false;
        if (top.s_axil_bvalid && top.s_axil_bready) {
            answered = true;
            answer = top.s_axil_bresp;
        }
        if (top.s_axil_rvalid && top.s_axil_rready) {
            answered = true;
            answer = top.s_axil_rresp;
            read_word = top.s_axil_rdata;
        }
    }
#else
    void ask_nothing() {}
#endif

    void blank() {
        now.clear();
        for (int size : sizes) now.emplace_back(size, steps);
    }

    void forget() {
        frames.clear();
        expected.clear();
        decided.clear();
        tags.clear();
        offers.clear();
        place = 0;
        offering = in_frame = offered = false;
        first_beat = -1;
        decisions = 0;
        blank();
    }

    // What stands on a bus while nothing is valid means nothing: it is random.
    void drive() {
        if (!offering || taken) {
            offering = !frames.empty() && !top.rst && !source.now();
            if (offering) {
                vector<int> &bytes = frames.front().bytes;
                put(bytes);
                if (place == 0) tags.push_back(tag());
                else tag();
                place += pixels;
                top.s_axis_tlast = place >= bytes.size();
                if (top.s_axis_tlast) {
                    frames.pop_front();
                    place = 0;
                }
            } else {
                put({});
                tag();
                top.s_axis_tlast = random_word() & 1;
            }
            top.s_axis_tvalid = offering;
        }
#ifdef PROCESSOR
        if (!top.s_load_tvalid) {
            top.s_load_tdata = random_word() & 1 ? 0x53345031 : random_word();
            top.s_load_tlast = random_word() & 1;
        }
#endif
        open = at_decisions ? was_deciding : !closed && !sink.now();
        top.m_axis_tready = open;
    }

    void put(const vector<int> &bytes) {
        for (int k = 0; k < pixels; k++) {
            int byte = !offering ? NULL_BYTE : place + k < bytes.size() ? bytes[place + k] : PADDING;
            [[maybe_unused]] bool kept = byte != NULL_BYTE;
            if (!kept) byte = random_word() & (random_word() & 1 ? 0xFF : 1);  // small ones look like events
            set_byte(top.s_axis_tdata, k, byte);
#ifdef TKEEP
            uint64_t bit = uint64_t(1) << k, keep = top.s_axis_tkeep & ~bit;
            top.s_axis_tkeep = kept || (!offering && random_word() & 1) ? keep | bit : keep;
#endif
        }
    }

    // Tags of a beat, which count where it is the first of its frame.
    Tags tag() {
        Tags made = {0, 0};
#ifdef TID
        top.s_axis_tid = made.tid = random_word() & TID;
#endif
#ifdef TUSER
        top.s_axis_tuser = made.tuser = random_word() & TUSER;
#endif
        return made;
    }

    // A result has the tags of its frame, as long as it waits.
    void watch_tags() {
        if (tags.empty()) fail("a result without a frame");
#ifdef TID
        if (top.m_axis_tid != tags.front().tid) fail("a wrong TID");
#endif
#ifdef TUSER
        if (top.m_axis_tuser != tags.front().tuser) fail("a wrong TUSER");
#endif
        if (open) tags.pop_front();
    }

    template <class T> static void set_byte(T &data, int k, uint8_t byte) {
        data = T((uint64_t(data) & ~(uint64_t(0xFF) << 8 * k)) | uint64_t(byte) << 8 * k);
    }

    template <size_t N> static void set_byte(VlWide<N> &data, int k, uint8_t byte) {
        data[k / 4] = (data[k / 4] & ~(0xFFu << 8 * (k % 4))) | uint32_t(byte) << 8 * (k % 4);
    }

    // The second half of the cycle: what follows from the inputs without a clock.
    void look() {
        top.clk = 0;
        top.eval();
        deciding = DECIDE;
    }

    void watch() {
        was_deciding = deciding;
        taken = offering && top.s_axis_tready;
#ifdef PROCESSOR
        load_taken = top.s_load_tvalid && top.s_load_tready && !top.rst;
#endif
        if (top.rst) {
            source_stalls = sink_stalls = 0;
            in_frame = offered = false;
            blank();
            return;
        }
#ifdef HOLD
        held |= HOLD;
#endif
        source_stalls += top.s_axis_tvalid && !top.s_axis_tready;
        sink_stalls += top.m_axis_tvalid && !top.m_axis_tready;
#ifdef REGISTERS
        watch_registers();
        if (top.s_axil_awvalid || top.s_axil_wvalid || top.s_axil_arvalid || top.s_axil_bvalid || top.s_axil_rvalid) {
            if (++busy > patience) fail("an access without an answer");
        } else busy = 0;
#endif
        if (taken) {
            if (!in_frame && first_beat < 0) first_beat = cycle;
            in_frame = !top.s_axis_tlast;
        }
        if (DECIDED) {
            decided.push_back(now);
            decisions++;
            blank();
        }
        if (!CLEARED) {
            STREAMS
        }
        watch_results();
    }

    void hidden(size_t layer, bool valid, uint64_t mask, uint64_t rows, int step) {
        if (!valid) return;
        const Feed &feed = feeds[layer];
        for (size_t way = 0; way < feed.sources.size(); way++) {
            if (!(mask >> way & 1)) continue;
            size_t row = rows >> (way * feed.row_bits) & ((1u << feed.row_bits) - 1);
            int neuron = row < feed.sources[way].size() ? feed.sources[way][row] : -1;
            if (neuron < 0) fail("a spike of nobody");
            auto first = now[layer].begin() + neuron * feed.often;  // of a sum pool a unit spikes several times
            auto left = std::find(first, first + feed.often, steps);
            if (left == first + feed.often) fail("a spike that cannot be");
            *left = step;
        }
    }

    void output(bool valid, uint64_t fires, int step, int fold) {
        for (size_t lane = 0; valid && lane < 64; lane++) {
            if (!(fires >> lane & 1)) continue;
            size_t neuron = fold * lanes + lane;
            if (neuron >= now.back().size()) fail("a spike of nobody");
            now.back()[neuron] = step;
        }
    }

    void watch_results() {
        if (offered && (!top.m_axis_tvalid || top.m_axis_tdata != offered_word)) fail("a result was withdrawn");
        if (top.m_axis_tvalid) {
            if (!top.m_axis_tlast) fail("a result that is no frame");
            if (!offered) offers.push_back(cycle);
            watch_tags();
            if (open) {
                result(top.m_axis_tdata, offers.front());
                offers.pop_front();
            }
        }
        offered = top.m_axis_tvalid && !open;
        offered_word = top.m_axis_tdata;
    }

    void result(uint32_t word, long offer) {
        if (expected.empty()) fail("a result too many");
        const Expected &right = expected.front();
        if (word != right.word) fail("a wrong result");
        if (decided.empty()) fail("a result without a decision");
        int decision = word >> 16 & 0x1FF;
        for (size_t layer = 0; layer < right.times.size(); layer++)
            for (size_t neuron = 0; neuron < right.times[layer].size(); neuron++) {
                int time = decided.front()[layer][neuron];
                if ((time > decision ? steps : time) != right.times[layer][neuron]) fail("a wrong spike");
            }
        if (right.cycles >= 0 && offer - first_beat != right.cycles)
            fail("a result in a wrong cycle: " + std::to_string(offer - first_beat) + ", right is " + std::to_string(right.cycles));
        decided.pop_front();
        expected.pop_front();
        images++;
    }
};

static Frame read_frame() {
    string hex = next<string>();  // "-" and for each byte two digits, or dots where there is none
    Frame frame;
    for (size_t k = 1; k + 1 < hex.size(); k += 2)
        frame.bytes.push_back(hex[k] == '.' ? NULL_BYTE : int(strtoul(hex.substr(k, 2).c_str(), nullptr, 16)));
    return frame;
}

static void describe(Bench &bench) {
    bench.steps = next<int>();
    bench.pixels = next<int>();
    bench.lanes = next<int>();
    bench.patience = next<int>();
    bench.rest = next<int>();
    bench.sizes.resize(next<int>());
    for (int &size : bench.sizes) size = next<int>();
    bench.feeds.resize(bench.sizes.size() - 1);
    for (Feed &feed : bench.feeds) {
        feed.row_bits = next<int>();
        feed.often = next<int>();
        feed.sources.resize(next<int>());
        size_t rows = next<int>();
        for (vector<int> &way : feed.sources)
            for (size_t row = 0; row < rows; row++) way.push_back(next<int>());
    }
}

static void play(Bench &bench) {
    string word;
    while (script >> word) {
        if (word == "design") {
            describe(bench);
        } else if (word == "scenario") {
            scenario = next<string>();
            random_state = next<uint64_t>() * 2654435761u + 1;
            bench.source.kind = next<int>();
            bench.sink.kind = next<int>();
            bench.closed = bench.at_decisions = false;
            bench.decisions = 0;
        } else if (word == "stalls") {
            bench.source.kind = next<int>();
            bench.sink.kind = next<int>();
        } else if (word == "reset") {
            bench.hold_reset(next<int>());
        } else if (word == "reset_at_decision") {
            bench.wait_for_a_decision();
            bench.hold_reset(1);
        } else if (word == "send") {
            bench.send(read_frame());
        } else if (word == "expect") {
            Expected one;
            one.word = next<uint32_t>();
            one.cycles = next<long>();
            for (int size : bench.sizes) {
                one.times.emplace_back(size);
                for (int &time : one.times.back()) time = next<int>();
            }
            bench.expect(one);
        } else if (word == "finish") {
            bench.finish();
        } else if (word == "wait") {
            bench.wait(next<long>());
        } else if (word == "sink") {
            string how = next<string>();
            bench.closed = how == "closed";
            bench.at_decisions = how == "at_decisions";
        } else if (word == "decided") {
            bench.wait_until_decided(next<size_t>());
        } else if (word == "full") {
            bench.require_full(next<size_t>());
#ifdef PROCESSOR
        } else if (word == "load") {
            bool whole = next<int>();
            vector<uint32_t> words(next<int>());
            for (uint32_t &one : words) one = next<uint32_t>();
            bench.load(words, whole);
        } else if (word == "status") {
            int present = next<int>();
            bench.require_status(present, next<int>());
        } else if (word == "abandon") {
            bench.abandon();
        } else if (word == "keep") {
            bench.keep();
#endif
#ifdef LOADED
        } else if (word == "load") {
            uint32_t address = next<uint32_t>();
            bench.load(address, next<uint16_t>());
        } else if (word == "bank") {
            bench.top.s_bank_next = next<int>();
#endif
#ifdef REGISTERS
        } else if (word == "registers") {
            bench.registers.kind = next<int>();
        } else if (word == "write") {
            uint32_t address = next<uint32_t>(), data = next<uint32_t>();
            int strobes = next<int>(), right = next<int>();
            if (bench.write(address, data, strobes) != right) fail("a wrong answer to a write");
        } else if (word == "write_half") {
            bool has_address = next<int>();
            uint32_t address = next<uint32_t>();
            bench.write_half(has_address, address, next<uint32_t>());
        } else if (word == "read" || word == "poll") {  // once, or until it is right
            uint32_t address = next<uint32_t>(), mask = next<uint32_t>(), right = next<uint32_t>(), found;
            for (int tries = 0;; tries++) {
                if (bench.read(address, found) != 0) fail("a read that is refused");
                if ((found & mask) == right) break;
                if (word == "read" || tries > bench.patience) fail("a wrong register " + std::to_string(address));
            }
        } else if (word == "reads") {
            uint32_t addresses[2], right[2], found[2];
            for (int k = 0; k < 2; k++) {
                addresses[k] = next<uint32_t>();
                right[k] = next<uint32_t>();
            }
            bench.read_two(addresses, found);
            if (found[0] != right[0] || found[1] != right[1]) fail("a wrong register of two");
        } else if (word == "refused") {
            uint32_t found;
            if (bench.read(next<uint32_t>(), found) == 0) fail("a read of what is no register is answered");
        } else if (word == "stall_counts") {
            uint32_t source, sink;
            bench.read(next<uint32_t>(), source);
            bench.read(next<uint32_t>(), sink);
#ifdef CUT
            source = bench.source_stalls;  // a beat that waits to be cut is no stall
#endif
            if (source != bench.source_stalls || sink != bench.sink_stalls) fail("wrong counts of stalls");
        } else if (word == "advances") {  // a register that counts cycles
            uint32_t address = next<uint32_t>(), first, second;
            bench.read(address, first);
            long began = bench.cycle;
            bench.read(address, second);
            if (second - first != bench.cycle - began) fail("a wrong count of cycles");
        } else if (word == "fill") {  // writes pixels until they are refused
            uint32_t address = next<uint32_t>(), written = 0, fewest = next<uint32_t>();
            while (bench.write(address, random_word(), 15) == 0) written++;
            if (written < fewest) fail("pixels are refused too early");
        } else if (word == "irq") {
            if (bench.top.irq != next<int>()) fail("a wrong interrupt");
#endif
        } else if (word == "taken") {
            bench.take();
        } else if (word == "drop") {
            bench.drop();
        } else if (word == "drop_results") {
            bench.drop_results();
        } else if (word == "held") {
            if (!bench.held) fail("no queue filled");
        } else {
            fail("the script says " + word);
        }
    }
}

int main(int argc, char **argv) { return run_script<Bench>(argc, argv, play); }
