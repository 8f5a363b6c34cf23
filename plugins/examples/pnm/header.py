"""The header: which of the six kinds, the size, and the largest value of a sample."""

import re
from dataclasses import dataclass

from wit_world.imports import types

from failures import malformed, too_large

# Comments may stand wherever there is white space, but for the one character that ends the header.
SPACE = rb"(?:\s|#[^\r\n]*[\r\n])+"
END = rb"(?:#[^\r\n]*)?\s"
SIZE = SPACE + rb"([0-9]{1,9})" + SPACE + rb"([0-9]{1,9})"
BITMAP = re.compile(rb"P([14])" + SIZE + END)
OTHERS = re.compile(rb"P([2356])" + SIZE + SPACE + rb"([0-9]{1,9})" + END)

HEADER_MAX_BYTES = 64 << 10
PIXELS_MAX = 64 << 20
# The longest side of a raster that the host takes. A row of that is still held whole with ease.
SIDE_MAX_PIXELS = 32_768


@dataclass
class Header:
    kind: int
    size: types.Size
    maximum: int
    start: int

    @property
    def is_bitmap(self):
        return self.kind in (1, 4)

    @property
    def is_plain(self):
        """Numbers in ASCII instead of bytes."""
        return self.kind <= 3

    @property
    def channels(self):
        return 3 if self.kind in (3, 6) else 1

    @property
    def sample_bytes(self):
        return 1 if self.maximum < 256 else 2


def read_header(source):
    window = source.read_at(0, HEADER_MAX_BYTES)
    found = BITMAP.match(window) or OTHERS.match(window)
    if found is None:
        raise malformed("The file does not begin like a PBM, PGM or PPM picture.")
    kind, width, height, *maximum = map(int, found.groups())
    header = Header(kind, types.Size(width, height), maximum[0] if maximum else 1, found.end())
    check(header)
    return header


def check(header):
    width, height = header.size.width, header.size.height
    if width == 0 or height == 0:
        raise malformed("The picture has no pixels.")
    if max(width, height) > SIDE_MAX_PIXELS or width * height > PIXELS_MAX:
        raise too_large(header.size)
    if not 1 <= header.maximum <= 65_535:
        raise malformed("The largest value of a sample is not between 1 and 65535.")
