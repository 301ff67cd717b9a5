"""Tests of the golden model, with the oracle and the random networks that other tests may use too."""
