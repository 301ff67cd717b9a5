"""The version of the project, in its only place."""

VERSION = "1.0.0"
