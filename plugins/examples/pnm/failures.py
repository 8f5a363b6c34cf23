"""Why there is no picture, each with a sentence for the person who uploaded the file. They are raised."""

from componentize_py_types import Err
from wit_world.imports import types


def malformed(sentence):
    return Err(types.Failure_Malformed(sentence))


def too_large(size):
    return Err(types.Failure_TooLarge(f"A picture of {size.width} x {size.height} pixels is too large."))
