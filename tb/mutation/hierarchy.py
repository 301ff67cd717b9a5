"""Which module of a design holds which, read from its Verilog, and the areas into which faults are counted."""

import re
from pathlib import Path

CORE, PROCESSOR = "accelerator", "processor"
INSTANCE = re.compile(r"^\s*(\w+) (?:#\([^;]*?\) )?\w+ \(", re.MULTILINE)

# Modules at the top of each area, which has what is in them but for the areas behind it
AREAS = {"line": ("accelerator_serial",), "registers": ("accelerator_axi",), "core": (CORE,),
         "streams": ("frame_tid", "frame_tuser", "beat_splitter", "null_bytes"), "processor": (PROCESSOR,)}
# Of a processor what accelerators have, too, is of the core's area: there it is tried
SHARED = ("spike_encoder", "event_loader", "spike_serializer", "result_sender", "candidates_of_maps", "crc32",
          "frame_queue")


def read_modules(folder):
    """{module: its text} of the design in a folder, in the order of its filelist.f."""
    return {Path(name).stem: Path(folder, name).read_text()
            for name in Path(folder, "filelist.f").read_text().split()}


def inside(modules, name):
    """The module `name` of {module: text} and all that are in it."""
    members = [name]
    for module in members:
        members += [child for child in dict.fromkeys(INSTANCE.findall(modules[module]))
                    if child in modules and child not in members]
    return members


def around(modules, name):
    """The modules that hold `name`, directly or not, the nearest first."""
    holders = [name]
    for module in holders:
        holders += [other for other, text in modules.items()
                    if module in INSTANCE.findall(text) and other not in holders]
    return holders[1:]


def area_of(modules, name):
    """The area of a module: that of the innermost of the AREAS' modules in which it is."""
    if PROCESSOR in modules and any(top in modules and name in inside(modules, top) for top in SHARED):
        return "core"
    return [area for area, tops in AREAS.items() for top in tops if top in modules and name in inside(modules, top)][-1]


def block(module):
    """The name of a module without the number of its layer."""
    return re.sub(r"^layer\d+_", "layerK_", module)
