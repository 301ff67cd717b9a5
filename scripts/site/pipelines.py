"""The pipelines as diagrams: pixels through dense layers, a convolution, the events' front end, registers with the
serial line.

Diagrams as SVG: boxes, groups and arrows on a card of their own, in light and dark colours.

A picture in a page cannot know the colours of the page, so each brings its background along. Which of the two is shown
is what the reader's system prefers.
"""

from xml.sax.saxutils import escape

TOP = 54  # where the first row of boxes begins


def chain(drawing, y, boxes, gap=26, x=20):
    """Boxes (width, title, *lines) side by side with arrows between them; returns their edges."""
    height = 27 + 16 * max(len(lines) for _, _, *lines in boxes)
    edges = []
    for width, title, *lines in boxes:
        edges.append(drawing.box(x, y, width, title, *lines, height=height))
        x += width + gap
    for (_, right, top, bottom), (left, *_) in zip(edges, edges[1:]):
        drawing.arrow((right, (top + bottom) / 2), (left, (top + bottom) / 2))
    return edges


def pixels():
    """Draw each block of a dense design and its register stages, from pixels to the result."""
    drawing = Drawing(980, 1010, "The pipeline of a dense network: encoder, layers, serializer and read-out")
    _encoder(drawing)
    drawing.group(30, 478, 930, 166, "if_layer; if_layer_folded where neurons share lanes")
    first = chain(drawing, 508, [
        (208, "issue", "folded: address, fold by fold"), (208, "read", "weight_memory: block RAM"),
        (208, "caught", "register beside it"), (208, "weights", "register; zero if masked")], gap=22, x=44)
    second = chain(drawing, 586, [
        (208, "sum_ways", "more than two ways"), (208, "add", "if_lane × P: now += total"),
        (208, "test → m_fire", "sign bit, on last of step")], gap=22, x=44)
    _turn(drawing, first[-1], second[0], 568)
    drawing.arrow((330, 444), (330, 466), (14, 466), (14, 530), (44, 530))
    drawing.group(30, 668, 930, 114, "spike_serializer")
    third = chain(drawing, 698, [
        (160, "queue", "fired vectors of", "steps and folds"), (150, "load", "vector,", "later_flags"),
        (170, "seek", "next_flag, then", "loaded, until start"),
        (190, "way_scanner × G", "scanning: word by word,", "bit by bit"),
        (150, "m_spike", "up to G", "spikes a cycle")], gap=22, x=44)
    _turn(drawing, second[-1], third[0], 656)
    fourth = chain(drawing, 836, [
        (200, "if_layer", "the same stages; block RAM", "only above 64 words"),
        (180, "decide", "first fire, or", "end of image"), (200, "largest", "tree of larger,", "a register a level"),
        (170, "result queue", "class, time,", "flags")], gap=34, x=44)
    drawing.group(262, 806, 640, 114, "readout")
    _turn(drawing, third[-1], fourth[0], 794)
    y = (fourth[-1][2] + fourth[-1][3]) / 2
    drawing.arrow((fourth[-1][1], y), (970, y), name="m_axis", at=(940, y - 8))
    x = fourth[1][0] + 90
    drawing.arrow((x, fourth[1][3]), (x, 944), (974, 944), (974, 30), (160, 30), (160, 44))
    drawing.text(560, 24, "decide: the next image starts; a cycle later flush, clear: everything of this image is "
                          "dropped")
    drawing.text(490, 972, "Each box from chosen on is a register stage; issue (folded), read, caught and sum_ways "
                           "exist only where a layer needs them.")
    drawing.text(490, 992, "More hidden layers repeat if_layer and spike_serializer.")
    return drawing


def _encoder(drawing):
    """Draw the blocks of spike_encoder."""
    drawing.group(30, 44, 930, 412, "spike_encoder")
    loader = drawing.box(76, 76, 180, "frame_loader", "pixel → step", "pixel_mask", "beat register")
    drawing.box(76, 186, 180, "step_collector", "arrived")
    drawing.box(76, 262, 180, "step_scheduler", "remaining", "fetch_step0/1, go")
    drawing.box(76, 362, 180, "first_step_way × E", "first_step_queue: block RAM", "word, head, mask, beat")
    drawing.group(318, 62, 590, 268, "encoder_way × E")
    drawing.box(336, 92, 220, "bank_heads × B/E", "head_table × 2", "first")
    drawing.box(336, 176, 220, "bank_list × B/E", "ready, more, held")
    drawing.box(336, 256, 220, "successor_memory", "block RAM: word", "register: found")
    drawing.box(680, 92, 210, "way_arbiter", "two halves, in turn", "grant")
    drawing.box(680, 192, 210, "last_entry", "one cycle ahead: finishing")
    drawing.box(318, 344, 590, "chosen", "mask, step, last, end; its rows by multiplexer")
    drawing.box(318, 401, 590, "m_spike", "up to E spikes a cycle")
    drawing.arrow((4, 110), (76, 110), name="s_axis", at=(30, 102))
    drawing.arrow((loader[1], 110), (336, 110))
    drawing.arrow((166, loader[3]), (166, 186))
    drawing.arrow((76, 136), (52, 136), (52, 390), (76, 390))
    drawing.arrow((256, 391), (288, 391), (288, 366), (318, 366))
    drawing.arrow((166, 229), (166, 262))
    drawing.arrow((256, 292), (300, 292), (300, 198), (336, 198), name="open_step", at=(276, 246))
    drawing.arrow((446, 151), (446, 176))
    drawing.arrow((556, 198), (620, 198), (620, 120), (680, 120))
    drawing.arrow((785, 151), (785, 192))
    drawing.arrow((785, 235), (785, 344), name="closing", at=(812, 312))
    drawing.arrow((500, 344), (500, 315), name="address", at=(526, 338))
    drawing.arrow((400, 256), (400, 219), name="found", at=(420, 242))
    drawing.arrow((613, 387), (613, 401))


def _turn(drawing, last, first, y):
    """Draw the way from the last box of a row to the first one of the next row, in between at the height y."""
    out, middle = (last[0] + last[1]) / 2, (first[2] + first[3]) / 2
    drawing.arrow((out, last[3]), (out, y), (14, y), (14, middle), (first[0], middle))


def convolution():
    """A spike becomes visits, which lanes add; candidates are tested at the end of a step."""
    drawing = Drawing(1000, 370, "A convolution: from a spike to visits, candidates, tests and spikes")
    drawing.group(10, 20, 980, 336, "if_layer_map; if_layer_rows works on a row of its kernel in a cycle")
    first = chain(drawing, TOP, [
        (150, "visit_table", "where the visits of", "a spike begin and end"),
        (150, "visit_counter", "one position", "a cycle"),
        (150, "word_finder", "word of the position,", "address of its weights"),
        (170, "visit_interlock", "waits while the word", "is not back in memory"),
        (170, "potentials", "block RAM: a word", "for each position")], x=60)
    drawing.arrow((12, TOP + 30), (60, TOP + 30), name="spike", at=(34, TOP + 22))
    drawing.box(705, 175, 190, "map_lane × P", "potential += weight", "a channel each", kind="e")
    drawing.arrow((820, first[-1][3]), (820, 175), name="read", at=(800, 148))
    drawing.arrow((895, 204), (914, 204), (914, first[-1][3]), name="write", at=(938, 148))
    drawing.box(470, 175, 190, "above threshold", "and not yet in the pool")
    drawing.arrow((705, 200), (660, 200))
    drawing.box(216, 175, 190, "candidate_queue", "words to test at the", "end of the step")
    drawing.arrow((470, 200), (406, 200), name="visit", at=(438, 192))
    drawing.arrow((291, 175), (291, first[1][3]), name="at the end of the step", at=(224, 148))
    drawing.box(470, 272, 190, "pool_words", "a bit a window: has spiked")
    drawing.arrow((565, 218), (565, 272), name="test: fires", at=(605, 249))
    drawing.box(216, 272, 190, "spike_serializer", "G spikes a cycle")
    drawing.arrow((470, 296), (406, 296))
    drawing.arrow((216, 296), (150, 296))
    drawing.text(98, 300, "next layer")
    drawing.text(820, 292, "Visits, tests and end-of-step tokens")
    drawing.text(820, 308, "take one pipeline, in order.")
    return drawing


def events():
    """A recording needs no sorting: a beat is an event."""
    drawing = Drawing(1000, 210, "The pipeline of a network that takes events")
    drawing.group(120, 20, 348, 130, "event_loader")
    edges = chain(drawing, TOP, [
        (150, "check", "input and step in range,", "steps rise, not too many"),
        (146, "hold one", "the event behind it says", "whether its step is over"),
        (160, "if_layer", "potentials as wide as", "most_events asks for"),
        (110, "if_layer", "as for pixels"),
        (130, "readout", "first output spike", "names the class")], gap=24, x=132)
    y = (edges[0][2] + edges[0][3]) / 2
    drawing.arrow((14, y), (132, y), name="s_axis, 32 bits", at=(64, y - 10))
    drawing.text(64, y + 20, "an event a beat")
    drawing.arrow((edges[-1][1], y), (988, y), name="result", at=(958, y - 10))
    bottom, sender, dropper = edges[-1][3], edges[-1][0] + 65, edges[0][0] + 75
    drawing.arrow((sender, bottom), (sender, 172), (dropper, 172), (dropper, bottom), name=(
        "decided: what is left of the recording is dropped, a beat a cycle"), at=(540, 192))
    return drawing


def registers():
    """accelerator inside of accelerator_axi inside of accelerator_serial."""
    drawing = Drawing(1000, 470, "Registers and serial line around the accelerator")
    drawing.group(110, 14, 878, 442, "accelerator_serial")
    drawing.group(376, 44, 490, 398, "accelerator_axi")
    drawing.group(130, 106, 216, 290, "serial_bridge")
    drawing.box(150, 140, 178, "uart_rx", "8N1, cycles_per_bit")
    drawing.box(150, 213, 178, "frame_receiver", "frame_buffer: waits for", "its CRC-32")
    drawing.box(150, 302, 178, "bridge", "a request at a time")
    drawing.box(150, 358, 178, "frame_sender, uart_tx", height=27)
    drawing.arrow((239, 183), (239, 213))
    drawing.arrow((239, 272), (239, 302))
    drawing.arrow((239, 345), (239, 358))
    drawing.arrow((14, 162), (150, 162), name="rx", at=(60, 154))
    drawing.arrow((150, 372), (14, 372), name="tx", at=(60, 364))
    drawing.box(396, 80, 190, "axi_lite", "addresses, strobes,", "OKAY or SLVERR")
    drawing.arrow((328, 324), (360, 324), (360, 109), (396, 109), name="AXI4-Lite", at=(328, 98))
    drawing.box(656, 80, 190, "register_file", "CONTROL, STATUS,", "RESULT, interrupts")
    drawing.arrow((586, 109), (656, 109))
    drawing.arrow((846, 109), (996, 109), name="irq", at=(928, 101))
    drawing.box(396, 176, 190, "load_registers, loader", "words, CRC-32, banks;", "loadable designs only")
    drawing.arrow((491, 139), (491, 176))
    drawing.box(656, 176, 190, "pixel_writer", "PIXELS: four a write")
    drawing.arrow((751, 139), (751, 176))
    drawing.box(656, 262, 190, "stream_switch", "registers or streams,", "between two images")
    drawing.arrow((751, 219), (751, 262))
    drawing.arrow((908, 280), (846, 280), name="s_axis", at=(931, 284))
    drawing.arrow((846, 304), (908, 304), name="m_axis", at=(933, 308))
    drawing.text(926, 330, "unused behind")
    drawing.text(926, 346, "a serial line")
    drawing.box(436, 262, 150, "image_counters", "images, cycles, stalls,", "silent, ties, bad")
    drawing.arrow((656, 291), (586, 291), name="traffic", at=(621, 283))
    drawing.box(516, 376, 330, "accelerator", "pixels or events in, result words out", kind="e")
    drawing.arrow((721, 321), (721, 376), name="pixels", at=(698, 353))
    drawing.arrow((781, 376), (781, 321), name="results", at=(806, 353))
    drawing.arrow((410, 235), (410, 398), (516, 398), name="s_load", at=(462, 390))
    return drawing


PIPELINES = {"pipeline.svg": pixels, "convolution.svg": convolution, "events.svg": events, "registers.svg": registers}


LIGHT = {"card": "#ffffff", "ink": "#1f2933", "soft": "#52606d", "line": "#33475b", "fill": "#eef3f9",
         "mark": "#fff1d6", "edge": "#9fb3c8", "hot": "#c2410c"}
DARK = {"card": "#1b222b", "ink": "#e6edf3", "soft": "#a9b8c7", "line": "#9fb3c8", "fill": "#27323f",
        "mark": "#453a20", "edge": "#52667a", "hot": "#fb923c"}
RULES = """.card{{fill:{card}}}.t{{fill:{ink};font-size:13px;font-weight:600;text-anchor:middle}}
.s{{fill:{soft};font-size:11.5px;text-anchor:middle}}.l{{text-anchor:start}}.g{{fill:{soft};font-size:12.5px}}
.b{{fill:{fill};stroke:{line}}}.e{{fill:{mark};stroke:{line}}}.r{{fill:none;stroke:{edge};stroke-dasharray:4 4}}
.a{{stroke:{line};fill:none;stroke-width:1.3}}.h{{fill:{line}}}.n{{stroke:{edge};fill:none}}
.i{{fill:{ink}}}.o{{fill:{hot}}}.w{{stroke:{hot};fill:none}}"""
FONT = "font-family=\"'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif\""
LINE = 16  # pixels of height of a line of text in a box


def style(extra=""):
    """The <style> of a diagram; extra: rules with the names of colours in {braces}."""
    rules = "".join((RULES + extra).splitlines())
    return (f"<style>{rules.format_map(LIGHT)}@media (prefers-color-scheme:dark){{{rules.format_map(DARK)}}}"
            "</style>")


class Drawing:
    """What is drawn, in pixels from the upper left corner; title: what a screen reader says."""

    def __init__(self, width, height, title):
        self.width, self.height, self.title, self.parts = width, height, title, []

    def text(self, x, y, words, kind="s"):
        self.parts.append(f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>')

    def group(self, x, y, width, height, name):
        """A dashed frame with a name in its upper left corner."""
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" class="r"/>')
        self.text(x + 10, y + 18, name, "g")

    def box(self, x, y, width, title, *lines, kind="b", height=None):
        """A box with a title and lines below it; returns (left, right, top, bottom)."""
        height = height or 27 + LINE * len(lines)
        self.parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" class="{kind}"/>')
        self.text(x + width / 2, y + 18, title, "t")
        for number, line in enumerate(lines, 1):
            self.text(x + width / 2, y + 18 + LINE * number, line)
        return x, x + width, y, y + height

    def arrow(self, *points, name=None, at=None):
        """Straight lines from point to point with a head at the last; name: a text beside the line, at a point."""
        path = " L".join(f"{x:g} {y:g}" for x, y in points)
        self.parts.append(f'<path d="M{path}" class="a" marker-end="url(#head)"/>')
        if name:
            self.text(*at, name)

    def svg(self, extra=""):
        """The text of the file."""
        head = ('<defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="3.5" orient="auto">'
                '<path d="M0 0L7.5 3.5L0 7z" class="h"/></marker></defs>')
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" {FONT}>',
            f"<title>{escape(self.title)}</title>", style(extra), head,
            f'<rect width="{self.width}" height="{self.height}" rx="10" class="card"/>', *self.parts, "</svg>", ""])
