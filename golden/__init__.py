"""The golden model: what a network, an image and an inference are, in plain integers.

Every other part of the project is measured against this package; it imports none of them.
"""
