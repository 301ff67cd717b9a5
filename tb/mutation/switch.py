"""A design with many faults in it, of which a number chooses one when a simulation begins."""

import shutil

PACKAGE = "mutation.sv"
PACKAGE_TEXT = """package mutation;
int number;
endpackage
"""
IS_ON = "(mutation::number == {})"  # in Verilog: whether the fault with this number is there
START = """initial if (!$value$plusargs("fault=%d", mutation::number)) mutation::number = 0;

endmodule"""
NONE = 0  # the number of no fault
OPTION = "+fault={}"  # of a simulation


def write_design(design, folder, texts):
    """Write a design whose faults can be chosen.

    Args:
        design: Path of the folder of the design without faults, whose memories' contents are copied.
        folder: Path of the folder to write into.
        texts: {file: Verilog}, the file that ends with the top module last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    top = list(texts)[-1]
    rest, last = texts[top].rsplit("endmodule", 1)
    for name, text in {PACKAGE: PACKAGE_TEXT, **texts, top: rest + START + last}.items():
        (folder / name).write_text(text)
    for path in design.glob("*.hex"):
        shutil.copy(path, folder)
    (folder / "filelist.f").write_text("".join(f"{name}\n" for name in [PACKAGE, *texts]))
