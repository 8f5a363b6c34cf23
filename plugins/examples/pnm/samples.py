"""What follows the header: rows of samples."""

import struct

from failures import malformed

WINDOW_BYTES = 256 << 10
# Far longer than any number of a plain picture.
NUMBER_MAX_CHARS = 32
CUT_OFF = "The file ends before the picture is complete."
BLACK_AND_WHITE = bytes.maketrans(b"01", b"\xff\x00")


def rows(source, header, step):
    """Every `step`th pixel of every `step`th row, a byte a sample."""
    return plain_rows(source, header, step) if header.is_plain else raw_rows(source, header, step)


def raw_rows(source, header, step):
    width, height = header.size.width, header.size.height
    pixel_bytes = header.channels * header.sample_bytes
    row_bytes = (width + 7) // 8 if header.is_bitmap else width * pixel_bytes
    # Checked before anything is read, so that no later read can come back short.
    if source.size() < header.start + row_bytes * height:
        raise malformed(CUT_OFF)
    eight_bits = scale(header)
    for y in range(0, height, step):
        row = read(source, header.start + row_bytes * y, row_bytes)
        if header.is_bitmap:
            yield bits(row)[:width:step].translate(BLACK_AND_WHITE)
        elif header.sample_bytes == 1:
            yield pick(row, pixel_bytes, step).translate(eight_bits)
        else:
            taken = pick(row, pixel_bytes, step)
            yield bytes(map(eight_bits.__getitem__, struct.unpack(f">{len(taken) // 2}H", taken)))


def plain_rows(source, header, step):
    row_samples = header.size.width * header.channels
    # Before the first row is asked for: there is a character in every sample, and white space after most.
    least = 1 if header.is_bitmap else 2
    if source.size() - header.start < least * row_samples * header.size.height - 1:
        raise malformed(CUT_OFF)
    samples = Plain(source, header)
    eight_bits = scale(header)
    for y in range(header.size.height):
        row = samples.take(row_samples)
        if y % step == 0 and header.is_bitmap:
            yield black_and_white(row[::step])
        elif y % step == 0:
            yield numbers(pick(row, header.channels, step), eight_bits)


class Plain:
    """The samples of a plain picture, one after the other; numbers as text."""

    def __init__(self, source, header):
        self.source = source
        self.offset = header.start
        self.is_bitmap = header.is_bitmap
        self.samples = b"" if header.is_bitmap else []
        self.next = 0
        self.cut_number = b""

    def take(self, count):
        while len(self.samples) - self.next < count:
            self.samples = self.samples[self.next :] + self.read_on()
            self.next = 0
        self.next += count
        return self.samples[self.next - count : self.next]

    def read_on(self):
        window = self.source.read_at(self.offset, WINDOW_BYTES)
        self.offset += len(window)
        # Samples of a bitmap need no white space between them.
        if self.is_bitmap and window:
            return b"".join(window.split())
        words = (self.cut_number + window).split()
        self.cut_number = b""
        if window and not window[-1:].isspace():
            self.cut_number = words.pop()
        if len(self.cut_number) > NUMBER_MAX_CHARS:
            raise malformed("The picture holds something that is not a number.")
        if not window and not words:
            raise malformed(CUT_OFF)
        return words


def black_and_white(digits):
    if digits.strip(b"01"):
        raise malformed("The picture holds something that is neither 0 nor 1.")
    return digits.translate(BLACK_AND_WHITE)


def numbers(words, eight_bits):
    if not all(map(bytes.isdigit, words)) or max(map(len, words)) > NUMBER_MAX_CHARS:
        raise malformed("The picture holds something that is not a number.")
    try:
        return bytes(map(eight_bits.__getitem__, map(int, words)))
    except IndexError:
        raise malformed("The picture holds a number that is too large.") from None


def scale(header):
    """What becomes of each value of a sample in eight bits. Values above the largest count as that."""
    largest = header.maximum
    known = bytes((value * 255 + largest // 2) // largest for value in range(largest + 1))
    return known.ljust(1 << 8 * header.sample_bytes, b"\xff")


def pick(row, pixel, step):
    """Every `step`th of the pixels, which are `pixel` items long."""
    if step == 1:
        return row
    taken = row[: pixel * ((len(row) // pixel + step - 1) // step)]
    taken = bytearray(taken) if isinstance(row, bytes) else taken
    for item in range(pixel):
        taken[item::pixel] = row[item :: pixel * step]
    return taken


def bits(row):
    """The bits of a row as the digits 0 and 1."""
    return format(int.from_bytes(row, "big"), f"0{8 * len(row)}b").encode()


def read(source, offset, count):
    """`count` bytes. The host may give a large piece in several parts."""
    data = source.read_at(offset, count)
    while 0 < len(data) < count:
        data += source.read_at(offset + len(data), count - len(data))
    return data
