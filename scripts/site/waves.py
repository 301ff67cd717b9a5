"""WaveDrom diagrams: both streams, the words on them, a frame of the serial line, and the fields of the registers.

The fields are read from rtl_model/registers/first_spike.xml, which is made from the register map. WaveDrom draws black
on nothing; here its drawing gets a card, colours and a title, and loses the symbols that it does not use.
"""

import json
from xml.etree import ElementTree

from first_spike.golden.contract.limits import BAD_BIT, CLASS_BITS, SILENT_BIT, TIE_BIT, TIME_BITS
from first_spike.golden.files import ROOT
from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS
from scripts.site.pipelines import style

XML = ROOT / "rtl_model" / "registers" / "first_spike.xml"
SVG, IPXACT = "{http://www.w3.org/2000/svg}", "{http://www.accellera.org/XMLSchema/IPXACT/1685-2014}"
LINK = "{http://www.w3.org/1999/xlink}href"
MARGIN = 14
RULES = """text{{fill:{ink};font-size:13px}}.s1,.s2{{fill:none;stroke:{line};stroke-linecap:round}}
.s2{{stroke-width:.5}}.s5{{fill:{card}}}.s7{{fill:{mark}}}line{{stroke:{edge}}}rect[style]{{fill:{soft}}}"""

STREAMS = {"signal": [
    {"name": "clk", "wave": "p.......|.....|......"},
    ["pixels",
     {"name": "s_axis_tvalid", "wave": "01..01..|.....|......"},
     {"name": "s_axis_tready", "wave": "0.1.....|.....|......"},
     {"name": "s_axis_tdata", "wave": "x=.=x===|==...|......",
      "data": ["beat 0", "1", "2", "3", "4", "97", "next image"]},
     {"name": "s_axis_tlast", "wave": "0.......|10...|......"}],
    ["results",
     {"name": "m_axis_tvalid", "wave": "0.......|.....|.1..0."},
     {"name": "m_axis_tready", "wave": "1.......|.....|.0.1.."},
     {"name": "m_axis_tdata", "wave": "x.......|.....|.=..x.", "data": ["result word"]},
     {"name": "m_axis_tlast", "wave": "0.......|.....|.1..0."}]]}
EVENTS = {"signal": [
    {"name": "clk", "wave": "p......|..."},
    {"name": "s_axis_tvalid", "wave": "01.....|.0."},
    {"name": "s_axis_tready", "wave": "1......|..."},
    {"name": "time step [31:24]", "wave": "x=.=..=|=x.", "data": ["0", "2", "5", "9"]},
    {"name": "input [23:0]", "wave": "x======|=x.", "data": ["17", "240", "9", "12", "31", "2", "88"]},
    {"name": "s_axis_tlast", "wave": "0......|10."}], "config": {"hscale": 2}}
RESULT = [(CLASS_BITS, "class"), (TIME_BITS, "decision time"), (SILENT_BIT - CLASS_BITS - TIME_BITS, None),
          (1, "silent"), (TIE_BIT - SILENT_BIT, "tie"), (BAD_BIT - TIE_BIT, "bad")]
EVENT = [(INPUT_BITS, "input"), (EVENT_BITS - INPUT_BITS, "time step")]


def bits(fields):
    """WaveDrom's description of a word, (bits, name or None) from the lowest on; of one that has fields in its lowest
    bits alone, these."""
    used = sum(count for count, _ in fields[:-1]) if fields[-1][1] is None else 32
    shown, lanes = (8, 1) if used <= 8 else (16, 2) if used <= 16 else (32, 1)
    if fields[-1][1] is None:
        fields = [*fields[:-1], (shown - used, None)] if shown > used else fields[:-1]
    return {"reg": [{"bits": count, **({"name": name} if name else {})} for count, name in fields],
            "config": {"hspace": 960, "fontsize": 13, "bits": shown, "lanes": lanes}}


def registers():
    """[(offset, name, [(bits, field or None)])] of the registers that have several fields, without the result word."""
    found = []
    for register in ElementTree.parse(XML).iter(f"{IPXACT}register"):
        fields, end = [], 0
        for field in register.findall(f"{IPXACT}field"):
            start, count = (int(field.find(f"{IPXACT}{name}").text) for name in ("bitOffset", "bitWidth"))
            fields += [(start - end, None)] * (start > end) + [(count, field.find(f"{IPXACT}name").text)]
            end = start + count
        fields += [(32 - end, None)] * (end < 32)
        name = register.find(f"{IPXACT}name").text
        if sum(field is not None for _, field in fields) > 1 and name != "RESULT":
            found.append((int(register.find(f"{IPXACT}addressOffset").text.removeprefix("'h"), 16), name, fields))
    return found


def drawn(description):
    """(element with the drawing, width, height) of a description."""
    import wavedrom
    svg = ElementTree.fromstring(wavedrom.render(json.dumps(description)).tostring())
    used = {element.get(LINK) for element in svg.iter(f"{SVG}use")}
    for parent in list(svg.iter()):
        for child in list(parent):
            unused = parent.tag == f"{SVG}defs" and f"#{child.get('id')}" not in used
            if unused or child.tag == f"{SVG}style":
                parent.remove(child)
    for element in svg.iter():
        if "#0041c4" in element.get("style", ""):  # a bracket around a group
            del element.attrib["style"]
            element.set("class", "s1")
        for colour in ("fill", "stroke"):
            if element.get(colour) == "black":
                del element.attrib[colour]
    *_, width, height = map(float, svg.get("viewBox").split(","))
    return svg, width, height


def card(title, *parts):
    """The text of an SVG with drawings below each other; parts: (heading or None, element, width, height)."""
    width = max(width for _, _, width, _ in parts) + 2 * MARGIN
    body, y = [], MARGIN
    for heading, element, _, height in parts:
        if heading:
            body.append(f'<text x="{MARGIN + 4}" y="{y + 14:g}" font-weight="600">{heading}</text>')
            y += 18
        inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in element)
        body.append(f'<g transform="translate({MARGIN} {y})">{inner}</g>')
        y += height
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'viewBox="0 0 {width:g} {y + MARGIN:g}" font-family="sans-serif">', f"<title>{title}</title>",
        f'<rect width="{width:g}" height="{y + MARGIN:g}" rx="10" class="card"/>', *body,
        style(RULES), "</svg>", ""])


def waves():
    """{name of a file: text of the SVG}."""
    ElementTree.register_namespace("", SVG[1:-1])
    ElementTree.register_namespace("xlink", LINK[1:-5])
    return {
        "streams.svg": card("Both streams, cycle by cycle", (None, *drawn(STREAMS))),
        "event_stream.svg": card("A recording on the stream of events", (None, *drawn(EVENTS))),
        "result_word.svg": card("The result word", (None, *drawn(bits(RESULT)))),
        "event_word.svg": card("A beat of a recording", (None, *drawn(bits(EVENT)))),
        "register_fields.svg": card("Registers of several fields", *(
            (f"0x{offset:02X} {name}", *drawn(bits(fields))) for offset, name, fields in registers())),
    }
