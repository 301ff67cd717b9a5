"""The commands: each parses its arguments and makes one call into the packages."""
