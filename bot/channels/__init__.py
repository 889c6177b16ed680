"""The doors patients come in by: one input channel per platform, one output class and one way to answer for all."""
