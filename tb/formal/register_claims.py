"""What is claimed of the registers, of the loader, and of weights that are loaded."""

from tb.formal.claim import UNBOUNDED, Claim
from tb.formal.designs import SMALL, block, make_loader, make_pixel_writer, small, small_loadable

ANY_CORE = {"accelerator": "any_accelerator.v", "crc32": "any_crc32.v"}
LOADS = ("a command of the loader does what it has to, and nothing where it is refused; words of a load go to their "
         "places inside of the memories")
LOADED = f"{SMALL}, weights in two banks"


def loader_claim(text, banks, fault):
    return Claim(
        f"loader_{banks}", text, f"5 words, {banks} {'bank' if banks == 1 else 'banks'}",
        block(make_loader, words=5, banks=banks), "loader.sv", UNBOUNDED,
        [("loader.v", "m_load_valid <= place != WORDS", "m_load_valid <= 1"), fault,
         ("loader.v", "commit && begun", "commit && begun && errors == 0"),
         ("loader.v", "s_command_begin && idle && !wrong_bank", "s_command_begin && idle")],
        defines=dict(WORDS=5, BANKS=banks), inside={"loader.v": "loader_inside.v"}, instead={"crc32": "any_crc32.v"})


def pixel_writer_claim(pixels, inputs, fault, deep=False):
    return Claim(
        f"pixel_writer_{pixels}", "pixels that software writes become beats of frames: none is lost, doubled, moved or "
        "changed, and each frame ends with its image", f"images of {inputs} pixels, {pixels} a beat",
        block(make_pixel_writer, inputs=inputs, pixels=pixels), "pixel_writer.sv", UNBOUNDED,
        [("pixel_writer.v", *fault)], defines=dict(INPUTS=inputs, PIXELS=pixels), deep=deep)


REGISTER_CLAIMS = [
    Claim(
        "registers", "AXI4-Lite's rules at the port of the registers: answers stay until they are taken, and none "
        "comes unasked", f"{LOADED}, around any core", small_loadable("accelerator_axi", 2), "registers.sv", UNBOUNDED,
        [("axi_lite.v", "answered && s_axil_bready", "answered"),
         ("axi_lite.v", "else if (s_axil_rready)", "else"),
         ("axi_lite.v", "assign s_axil_arready = !read && !reading", "assign s_axil_arready = 1")],
        defines=dict(BUS=1), rules=("axi_lite_rules.sv",), instead=ANY_CORE),
    Claim(
        "results", "AXI4-Stream's rules for results behind the registers; frames and results go one way, unchanged, "
        "which changes between two images only, as soon as it can", f"{SMALL}, around any core",
        small("accelerator_axi"), "registers.sv", UNBOUNDED,
        [("stream_switch.v", "!busy && !begun", "!begun"), ("stream_switch.v", "taken && !begun", "taken"),
         ("stream_switch.v", "under_way != 0 || in_frame", "under_way != 0")],
        inside={"accelerator_axi.v": "results_inside.v", "stream_switch.v": "switch_inside.v"}, instead=ANY_CORE),
    loader_claim(f"{LOADS}; they come while no image is under way", 1,
                 ("loader.v", "assign mixed = busy", "assign mixed = 0")),
    loader_claim(f"{LOADS}; they never go to the bank that an image works with", 2,
                 ("loader.v", "s_command_data[0] == used && !hold", "1'b0")),
    Claim(
        "memories", "no word that is loaded is written outside of its memory, whatever words come for whatever "
        "addresses", LOADED, small_loadable("accelerator", 2), "loadable.sv", UNBOUNDED,
        [("load_region.v", "place < words", "place <= words")], inside={"_weights.v": "weights_inside.v"}),
    Claim(
        "bank", "an image has one bank of weights, from its first spikes to its decision", LOADED,
        small_loadable("accelerator", 2), "loadable.sv", 40, [("bank_select.v", "idle || rst", "1")],
        inside={"accelerator.v": "bank_inside.v"}),
    pixel_writer_claim(1, 6, ("left == 0 || last", "left == 0")),
    pixel_writer_claim(2, 5, ("left == 0 || last", "left == 0"), deep=True),
    pixel_writer_claim(4, 6, ("!valid || m_axis_tready", "1")),
    pixel_writer_claim(8, 13, ("else if (m_axis_tready)", "else if (1)"), deep=True),
    pixel_writer_claim(16, 21, ("last && place == LAST_WORDS - 1", "0")),
]
