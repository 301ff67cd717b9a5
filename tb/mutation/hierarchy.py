"""Which module of a design holds which, and what it gives its inputs."""

import re

CORE = "accelerator"
INSTANCE = re.compile(r"^\s*(\w+) (?:#\([^;]*?\) )?(\w+) \((\s*\.[^;]*)\);", re.MULTILINE)
CONNECTION = re.compile(r"\.(\w+)\(([^()]*)\)")
CONSTANT = re.compile(r"^assign (\w+) = (\d+'[bdh]\w+);", re.MULTILINE)

AREAS = {"line": "accelerator_serial", "registers": "accelerator_axi", "core": CORE}  # each without those behind it


def area_of(modules, name):
    """The area of a module: that of the innermost of AREAS' modules in which it is; a name of {name: Module}."""
    return [area for area, top in AREAS.items() if top in modules and name in inside(modules, top)][-1]


def holds(text, name):
    """Whether a module with this text has instances of the module `name`."""
    return re.search(rf"^\s*{name} (?:#|\w+ \()", text, re.MULTILINE) is not None


def parents(modules):
    """{module: modules that contain it} of {name: Module}."""
    return {name: [other for other, holder in modules.items() if holds(holder.text, name)] for name in modules}


def around(modules, name):
    """The modules that hold one, directly or not, the nearest first, up to those within the core."""
    above, found = parents(modules), [name]
    for module in found:
        found += [holder for holder in above[module] if holder not in found and not holder.startswith(CORE)]
    return found[1:]


def inside(modules, name):
    """The module and those in it."""
    above, found = parents(modules), [name]
    for module in found:
        found += [other for other, holders in above.items() if module in holders and other not in found]
    return found


def tied(modules):
    """{module: {input: constant}} of {name: Module}, the top last: inputs that one constant drives in all instances."""
    found = {}
    for holder in reversed(modules):
        instances = [(name, CONNECTION.findall(ports)) for name, _, ports in INSTANCE.findall(modules[holder].text)
                     if name in modules]
        constants = dict(found.get(holder, {}))
        for name, ports in instances:
            outputs = dict(CONSTANT.findall(modules[name].text))
            constants.update((wire, outputs[port]) for port, wire in ports if port in outputs)
        for name, ports in instances:
            inputs = {port: constants[wire] for port, wire in ports
                      if wire in constants and port in modules[name].inputs}
            if name in found:
                inputs = dict(inputs.items() & found[name].items())
            found[name] = inputs
    return found
