"""EXIF blocks with an orientation (EXIF 2.32, section 4.6), and pictures as a camera stores them."""

import struct

import numpy as np


def tiff(orientation, order="<", thumbnail=None, filler=0):
    """A TIFF structure in the byte `order` of struct, perhaps with a small JPEG file as the camera's preview."""
    entry = lambda tag, kind, count, value: struct.pack(f"{order}HHI", tag, kind, count) + value
    short = lambda value: struct.pack(f"{order}HH", value, 0)
    long = lambda value: struct.pack(f"{order}I", value)
    entries = [entry(0x0112, 3, 1, short(orientation))]
    # What stands before the orientation in the list of tags.
    entries = [entry(0x0100 + number, 3, 1, short(7)) for number in range(filler)] + entries
    start = b"II*\0" if order == "<" else b"MM\0*"
    after_first = 8 + 2 + 12 * len(entries) + 4
    block = start + long(8) + struct.pack(f"{order}H", len(entries)) + b"".join(entries)
    if thumbnail is None:
        return block + long(0)
    second = [entry(0x0103, 3, 1, short(6)), entry(0x0112, 3, 1, short(3))]
    data_at = after_first + 2 + 12 * 4 + 4
    second += [entry(0x0201, 4, 1, long(data_at)), entry(0x0202, 4, 1, long(len(thumbnail)))]
    return block + long(after_first) + struct.pack(f"{order}H", 4) + b"".join(second) + long(0) + thumbnail


def stored(upright, orientation):
    """The rows and columns that a file of this orientation has for an upright picture."""
    turn = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: p.swapaxes(0, 1)[::-1],
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: p.swapaxes(0, 1)[:, ::-1],
    }
    return np.ascontiguousarray(turn[orientation](upright))
