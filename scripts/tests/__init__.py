"""Tests of the commands, each run as a user runs it: as a process of its own."""
