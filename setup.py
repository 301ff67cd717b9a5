"""Where the packages lie: golden/ and rtl_model/ stand beside first_spike/, and are first_spike.golden and
first_spike.rtl_model. In a checkout links in first_spike/ stand for them; no build needs those links, since a download
may have lost them."""

import tempfile

from setuptools import find_packages, setup

BESIDE = ("golden", "rtl_model")
TESTS = ("tests", "tests.*", "*.tests", "*.tests.*")
LINKS = (*BESIDE, *(f"{name}.*" for name in BESIDE))

packages = ["first_spike", *(f"first_spike.{room}" for room in find_packages("first_spike", exclude=TESTS + LINKS))]
for name in BESIDE:
    packages += [f"first_spike.{name}", *(f"first_spike.{name}.{room}" for room in find_packages(name, exclude=TESTS))]

with tempfile.TemporaryDirectory() as build:  # a new one, or a module that is no more would come along for ever
    setup(packages=packages, package_dir={f"first_spike.{name}": name for name in BESIDE},
          options={"build": {"build_base": build}})
