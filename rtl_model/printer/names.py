"""What the constants of a module are called: the numbers that have a name in Python become localparams."""

from dataclasses import replace

from first_spike.rtl_model.printer.folding import COMPUTED_NAME


class Names:
    """The names of a module's constants: NAME for what Python calls `name`, where that is one number everywhere in the
    module, and no other thing there is called so.

    numbers: all that Python has a name for; taken: what is called something else.
    """

    def __init__(self, numbers, taken):
        values = {}
        for number in numbers:
            values.setdefault(number.name, set()).add(number.value)
        self._known = {name: name.upper() for name, found in values.items()
                       if len(found) == 1 and len(name) > 1 and name.upper() not in taken and name[0] != "_"}

        self._states = {(number.value, number.width): number.name for number in numbers if number.base == "b"}

    def label(self, number):
        """The Number of an arm of a case, which MyHDL prints without its name: that of a state."""
        return self.called(replace(number, name=self._states.get((number.value, number.width), "")))

    def called(self, number):
        """The Number under its name in Verilog, or without one."""
        if not number.name:
            return number
        return replace(number, name=self._known.get(number.name, COMPUTED_NAME))
