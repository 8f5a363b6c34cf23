"""Writes JPEG files marker by marker (ITU-T T.81), for all that Pillow does not write.

Sequential with Huffman codes of 8 or 12 bits, any sampling, any order of scans; progressive by spectral selection.
"""

import struct
from dataclasses import dataclass, field

import numpy as np

ZIGZAG = np.array([
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
])
LUMA_STEPS = np.array([
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
])
# The tables of annex K.3: how many codes of each length, and what they mean.
DC_LUMA = ([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], list(range(12)))
AC_LUMA = ([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08,
    0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6,
    0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
    0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
])
# Nearly every symbol has a code of the same length; needed for 12 bits, and unlike what most files have.
DC_EVEN = ([0] * 4 + [16] + [0] * 11, list(range(16)))
AC_EVEN = ([0] * 8 + [255, 1] + [0] * 6, list(range(256)))
# The longest codes that there are: one symbol of each length, and many of 16 bits.
DC_LONG = ([1] * 11 + [0] * 4 + [1], list(range(12)))

COSINES = np.array([[np.cos((2 * x + 1) * u * np.pi / 16) * (0.5 if u else np.sqrt(0.125)) for x in range(8)] for u in range(8)])


def marker(code, body=None):
    """A marker, with a segment where it has one."""
    head = bytes([0xFF, code])
    return head if body is None else head + struct.pack(">H", len(body) + 2) + body


def adobe(transform):
    return marker(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform))


def jfif():
    return marker(0xE0, b"JFIF\0" + struct.pack(">HBHHBB", 0x0101, 0, 1, 1, 0, 0))


def exif_segment(tiff):
    return marker(0xE1, b"Exif\0\0" + tiff)


def icc_segments(profile, pieces=1):
    each = -(-len(profile) // pieces)
    parts = [profile[start : start + each] for start in range(0, len(profile), each)]
    return [marker(0xE2, b"ICC_PROFILE\0" + bytes([number + 1, len(parts)]) + part) for number, part in enumerate(parts)]


@dataclass
class Component:
    """A plane of samples at full size, and how it is sampled down: `across` and `down` as in the frame header."""

    plane: np.ndarray
    across: int = 1
    down: int = 1
    id: int = 0


@dataclass
class Scan:
    """Which components, and which coefficients in zigzag order, both ends included."""

    components: list
    first: int = 0
    last: int = 63


@dataclass
class Jpeg:
    components: list
    segments: list = field(default_factory=list)
    frame: int = 0xC0
    bits: int = 8
    step: float = 0.25
    scans: list = None
    restart: int = 0
    dc: tuple = DC_LUMA
    ac: tuple = AC_LUMA
    wide_steps: bool = False
    fill: int = 0
    height_later: bool = False
    end: bytes = b"\xff\xd9"

    def file(self):
        self._number()
        height, width = self.components[0].plane.shape
        self.most_across = max(part.across for part in self.components)
        self.most_down = max(part.down for part in self.components)
        self.mcus_across = -(-width // (8 * self.most_across))
        self.mcus_down = -(-height // (8 * self.most_down))
        blocks = [self._blocks(part, width, height) for part in self.components]
        parts = [marker(0xD8), *self.segments, self._tables(), self._frame(width, 0 if self.height_later else height)]
        if self.restart:
            parts.append(marker(0xDD, struct.pack(">H", self.restart)))
        scans = self.scans or [Scan(list(range(len(self.components))))]
        for number, scan in enumerate(scans):
            parts.append(self._scan(scan, blocks, width, height))
            if number == 0 and self.height_later:
                parts.append(marker(0xDC, struct.pack(">H", height)))
        padding = b"\xff" * self.fill
        return padding.join(parts[:1]) + b"".join(padding + part for part in parts[1:]) + self.end

    def _number(self):
        for number, part in enumerate(self.components):
            part.id = part.id or number + 1

    def _steps(self):
        steps = np.maximum(np.rint(LUMA_STEPS * self.step * 2 ** (self.bits - 8)), 1).astype(int)
        return np.minimum(steps, 65_535 if self.wide_steps else 255)

    def _tables(self):
        steps = self._steps()[ZIGZAG]
        packed = steps.astype(">u2" if self.wide_steps else np.uint8).tobytes()
        quantisation = marker(0xDB, bytes([0x10 if self.wide_steps else 0]) + packed)
        codes = [bytes([kind]) + bytes(table[0]) + bytes(table[1]) for kind, table in ((0x00, self.dc), (0x10, self.ac))]
        return quantisation + marker(0xC4, b"".join(codes))

    def _frame(self, width, height):
        body = struct.pack(">BHHB", self.bits, height, width, len(self.components))
        for part in self.components:
            body += bytes([part.id, part.across << 4 | part.down, 0])
        return marker(self.frame, body)

    def _blocks(self, part, width, height):
        """The quantised coefficients of all blocks of the whole MCUs, in zigzag order."""
        fewer_across, fewer_down = self.most_across / part.across, self.most_down / part.down
        rows, columns = self.mcus_down * part.down * 8, self.mcus_across * part.across * 8
        plane = np.pad(part.plane.astype(float), ((0, int(rows * fewer_down) - height), (0, int(columns * fewer_across) - width)), "edge")
        plane = smaller(plane, rows, columns) - 2 ** (self.bits - 1)
        tiles = plane.reshape(rows // 8, 8, columns // 8, 8).swapaxes(1, 2)
        spectrum = COSINES @ tiles @ COSINES.T
        quantised = np.rint(spectrum.reshape(rows // 8, columns // 8, 64) / self._steps()).astype(int)
        return quantised[..., ZIGZAG]

    def _scan(self, scan, blocks, width, height):
        body = bytes([len(scan.components)])
        for number in scan.components:
            body += bytes([self.components[number].id, 0])
        body += bytes([scan.first, scan.last, 0])
        return marker(0xDA, body) + self._entropy(scan, blocks, width, height)

    def _entropy(self, scan, blocks, width, height):
        bits = Bits(codes_of(self.dc), codes_of(self.ac))
        restarts = 0
        for number, mcu in enumerate(self._mcus(scan, blocks, width, height)):
            if self.restart and number and number % self.restart == 0:
                bits.restart(restarts % 8)
                restarts += 1
            for component, block in mcu:
                bits.block(component, block, scan.first, scan.last)
        return bits.finished()

    def _mcus(self, scan, blocks, width, height):
        if len(scan.components) == 1:
            # A scan of one component has no MCU but its blocks, and none beyond its edge (A.2.2).
            number = scan.components[0]
            part = self.components[number]
            across = -(-(-(-width * part.across // self.most_across)) // 8)
            down = -(-(-(-height * part.down // self.most_down)) // 8)
            yield from ([(number, blocks[number][y, x])] for y in range(down) for x in range(across))
            return
        for y in range(self.mcus_down):
            for x in range(self.mcus_across):
                yield [
                    (number, blocks[number][y * part.down + v, x * part.across + h])
                    for number in scan.components
                    for part in [self.components[number]]
                    for v in range(part.down)
                    for h in range(part.across)
                ]


def smaller(plane, rows, columns):
    """The mean of each box, also where boxes are no whole pixels."""
    return mean_rows(mean_rows(plane, rows).T, columns).T


def mean_rows(plane, rows):
    repeated = np.repeat(plane, rows, axis=0)
    return repeated.reshape(rows, -1, plane.shape[1]).mean(axis=1)


def codes_of(table):
    codes, code = {}, 0
    symbols = iter(table[1])
    for length, count in enumerate(table[0], start=1):
        for _ in range(count):
            codes[next(symbols)] = (code, length)
            code += 1
        code <<= 1
    return codes


class Bits:
    """Huffman codes one after the other (F.1.2)."""

    def __init__(self, dc, ac):
        self.dc, self.ac = dc, ac
        self.before, self.bytes = {}, bytearray()
        self.held, self.count = 0, 0

    def put(self, value, length):
        self.held = (self.held << length) | value
        self.count += length
        while self.count >= 8:
            self.count -= 8
            byte = self.held >> self.count
            self.held &= (1 << self.count) - 1
            self.bytes.append(byte)
            if byte == 0xFF:
                self.bytes.append(0)

    def _value(self, value):
        length = abs(value).bit_length()
        return (value if value >= 0 else value + (1 << length) - 1), length

    def block(self, component, block, first, last):
        if first == 0:
            value, length = self._value(int(block[0]) - self.before.get(component, 0))
            self.before[component] = int(block[0])
            self.put(*self.dc[length])
            self.put(value, length)
        zeros = 0
        for coefficient in block[max(first, 1) : last + 1].tolist():
            if coefficient == 0:
                zeros += 1
                continue
            while zeros > 15:
                self.put(*self.ac[0xF0])
                zeros -= 16
            value, length = self._value(coefficient)
            self.put(*self.ac[zeros << 4 | length])
            self.put(value, length)
            zeros = 0
        if zeros:
            self.put(*self.ac[0])

    def _pad(self):
        if self.count:
            self.put((1 << (8 - self.count)) - 1, 8 - self.count)

    def restart(self, number):
        self._pad()
        self.bytes += bytes([0xFF, 0xD0 + number])
        self.before = {}

    def finished(self):
        self._pad()
        return bytes(self.bytes)


def to_ycc(rgb):
    """Luma and chroma of JFIF, 0 to 255."""
    red, green, blue = (rgb[..., channel].astype(float) for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma, (blue - luma) / 1.772 + 128, (red - luma) / 1.402 + 128


def color_components(rgb, sampling):
    """Components of a picture, sampled as in the notation `4:2:0`, or by the factors of each."""
    if isinstance(sampling, str):
        sampling = {"4:4:4": (1, 1), "4:2:2": (2, 1), "4:2:0": (2, 2), "4:4:0": (1, 2), "4:1:1": (4, 1), "4:1:0": (4, 2)}[sampling]
        sampling = [sampling, (1, 1), (1, 1)]
    return [Component(plane, *factors) for plane, factors in zip(to_ycc(rgb), sampling)]
