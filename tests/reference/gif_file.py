"""Writes GIF files block by block (GIF89a), with an LZW coder whose choices are ours."""

import struct
from dataclasses import dataclass

import numpy as np

TRAILER = b";"
# When the table of codes is full: start anew, or go on without new codes.
CLEAR, DEFER = "clear", "defer"
ROWS_OF_PASSES = [(0, 8), (4, 8), (2, 4), (1, 2)]


@dataclass
class Frame:
    """One image: numbers of colours, where it stands, and what becomes of it."""

    numbers: np.ndarray
    left: int = 0
    top: int = 0
    delay: int = None
    disposal: int = 0
    transparent: int = None
    palette: object = None
    interlaced: bool = False
    code_bits: int = None
    when_full: str = CLEAR
    block: int = 255
    clear_first: bool = True
    clear_every: int = 0
    end_code: bool = True


def gif(width, height, frames, palette=None, *, background=0, repeats=None, version=b"GIF89a", extra=b"", trailer=TRAILER):
    """A file. `repeats` is what its NETSCAPE block says: 0 means for ever, `None` that there is no such block."""
    flags = 0x70 if palette is None else 0xF0 | table_bits(palette)
    head = version + struct.pack("<HHBBB", width, height, flags, background, 0)
    if palette is not None:
        head += color_table(palette)
    if repeats is not None:
        head += b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", repeats) + b"\0"
    return head + extra + b"".join(image(frame, palette) for frame in frames) + trailer


def table_bits(palette):
    return max((len(palette) - 1).bit_length(), 1) - 1


def color_table(palette):
    size = 3 * 2 ** (table_bits(palette) + 1)
    return np.asarray(palette, np.uint8).tobytes().ljust(size, b"\0")


def image(frame, global_palette):
    height, width = frame.numbers.shape
    parts = []
    if (frame.delay, frame.disposal, frame.transparent) != (None, 0, None):
        flags = frame.disposal << 2 | (frame.transparent is not None)
        parts.append(b"!\xf9\x04" + struct.pack("<BHB", flags, frame.delay or 0, frame.transparent or 0) + b"\0")
    flags = (0x40 if frame.interlaced else 0) | (0x80 | table_bits(frame.palette) if frame.palette is not None else 0)
    parts.append(b"," + struct.pack("<HHHHB", frame.left, frame.top, width, height, flags))
    if frame.palette is not None:
        parts.append(color_table(frame.palette))
    bits = frame.code_bits or max(table_bits(frame.palette if frame.palette is not None else global_palette) + 1, 2)
    parts.append(bytes([bits]) + blocks(lzw(in_order(frame), bits, frame), frame.block))
    return b"".join(parts)


def in_order(frame):
    if not frame.interlaced:
        return frame.numbers.reshape(-1).tolist()
    rows = [frame.numbers[start::step] for start, step in ROWS_OF_PASSES]
    return np.concatenate(rows).reshape(-1).tolist()


def blocks(data, most):
    pieces = [data[start : start + most] for start in range(0, len(data), most)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def lzw(numbers, bits, frame):
    clear = 1 << bits
    output = Codes()
    width, table = bits + 1, {}
    following = clear + 2
    if frame.clear_first:
        output.put(clear, width)
    prefix = ()
    since_clear = 0
    for number in numbers:
        word = prefix + (number,)
        if len(word) == 1 or word in table:
            prefix = word
            continue
        output.put(code_of(prefix, table), width)
        since_clear += 1
        prefix = (number,)
        if following < 4_096:
            table[word] = following
            # The reader is one code behind.
            if following == 1 << width and width < 12:
                width += 1
            following += 1
        elif frame.when_full == CLEAR:
            output.put(clear, width)
            width, table, following = bits + 1, {}, clear + 2
        if frame.clear_every and since_clear >= frame.clear_every:
            output.put(clear, width)
            width, table, following, since_clear = bits + 1, {}, clear + 2, 0
    if prefix:
        output.put(code_of(prefix, table), width)
        if following == 1 << width and width < 12:
            width += 1
    if frame.end_code:
        output.put(clear + 1, width)
    return output.finished()


def code_of(word, table):
    return word[0] if len(word) == 1 else table[word]


class Codes:
    """Codes packed from the lowest bit up."""

    def __init__(self):
        self.held, self.count, self.bytes = 0, 0, bytearray()

    def put(self, code, width):
        self.held |= code << self.count
        self.count += width
        while self.count >= 8:
            self.bytes.append(self.held & 0xFF)
            self.held >>= 8
            self.count -= 8

    def finished(self):
        if self.count:
            self.bytes.append(self.held)
        return bytes(self.bytes)
