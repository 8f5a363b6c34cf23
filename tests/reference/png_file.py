"""Writes PNG files chunk by chunk (PNG specification, third edition), so that every choice is ours."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
# Adam7: first column, first row, step across, step down.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body=b""):
    kind = kind.encode()
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width, height, color, depth, interlaced):
    return chunk("IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced)))


def palette(colors):
    return chunk("PLTE", bytes(np.asarray(colors, np.uint8).reshape(-1)))


def png(samples, color, depth, *, interlaced=False, filters="best", before=(), after=(), colors=None, alphas=None,
        pieces=1, level=9):
    """A file of these samples: height x width x channels, whole numbers of `depth` bits.

    `before` and `after` are chunks around the pixels; `alphas` is the body of tRNS; the pixels are cut into so
    many IDAT `pieces`, or into pieces of the lengths that are given.
    """
    samples = np.asarray(samples)
    height, width = samples.shape[:2]
    packed = zlib.compress(scanlines(samples, color, depth, interlaced, filters), level)
    parts = [SIGNATURE, header(width, height, color, depth, interlaced), *before]
    if colors is not None:
        parts.append(palette(colors))
    if alphas is not None:
        parts.append(chunk("tRNS", alphas))
    parts += [chunk("IDAT", piece) for piece in cut(packed, pieces)]
    return b"".join([*parts, *after, chunk("IEND")])


def cut(packed, pieces):
    if isinstance(pieces, int):
        each = -(-len(packed) // pieces)
        return [packed[start : start + each] for start in range(0, len(packed), each)]
    found, start = [], 0
    for length in pieces:
        found.append(packed[start : start + length])
        start += length
    return [*found, packed[start:]]


def scanlines(samples, color, depth, interlaced=False, filters="best"):
    """The filtered rows of all passes, not compressed yet."""
    samples = np.asarray(samples)
    if samples.ndim == 2:
        samples = samples[..., None]
    if not interlaced:
        return filtered(samples, color, depth, filters)
    passes = [samples[y::down, x::across] for x, y, across, down in PASSES]
    return b"".join(filtered(part, color, depth, filters) for part in passes if part.size)


def filtered(samples, color, depth, filters):
    step = max(CHANNELS[color] * depth // 8, 1)
    rows, before = [], None
    for number, row in enumerate(packed_rows(samples, depth)):
        before = np.zeros_like(row) if before is None else before
        rows.append(filtered_row(row, before, step, filters, number))
        before = row
    return b"".join(rows)


def packed_rows(samples, depth):
    """Rows of bytes, of samples of 1 to 16 bits."""
    flat = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        return np.ascontiguousarray(flat.astype(">u2")).view(np.uint8)
    if depth == 8:
        return flat.astype(np.uint8)
    bits = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return np.packbits(bits.reshape(flat.shape[0], -1).astype(np.uint8), axis=1)


def filtered_row(row, before, step, filters, number):
    """One row by the chosen filter: a number, `cycle` for one after the other, or `best` for the smallest sum."""
    if filters == "cycle":
        kinds = [number % 5]
    elif filters == "best":
        kinds = range(5)
    else:
        kinds = [filters]
    candidates = [(kind, filter_row(kind, row, before, step)) for kind in kinds]
    kind, line = min(candidates, key=lambda found: np.abs(found[1].astype(np.int8).astype(int)).sum())
    return bytes([kind]) + line.tobytes()


def filter_row(kind, row, above, step):
    row, above = row.astype(int), above.astype(int)
    pad = np.zeros(step, int)
    left = np.concatenate([pad, row])[: len(row)]
    corner = np.concatenate([pad, above])[: len(row)]
    guess = [0, left, above, (left + above) // 2, paeth(left, above, corner)][kind]
    return ((row - guess) % 256).astype(np.uint8)


def paeth(left, above, corner):
    guess = left + above - corner
    by_left, by_above, by_corner = (np.abs(guess - near) for near in (left, above, corner))
    is_left = (by_left <= by_above) & (by_left <= by_corner)
    return np.where(is_left, left, np.where(by_above <= by_corner, above, corner))


def icc_chunk(profile):
    return chunk("iCCP", b"a profile\0\0" + zlib.compress(profile, 9))


def gamma_chunk(gamma):
    return chunk("gAMA", struct.pack(">I", round(gamma * 100_000)))


def chromaticities_chunk(white_red_green_blue):
    numbers = [round(value * 100_000) for pair in white_red_green_blue for value in pair]
    return chunk("cHRM", struct.pack(">8I", *numbers))


def code_points_chunk(primaries, transfer):
    return chunk("cICP", bytes([primaries, transfer, 0, 1]))


class Animation:
    """Numbers the chunks of an APNG."""

    def __init__(self, frames, plays=0):
        self.next = 0
        self.control = chunk("acTL", struct.pack(">II", frames, plays))

    def frame(self, width, height, left, top, delay_ms, disposal=0, blend=0):
        body = struct.pack(">IIIIIHHBB", self._number(), width, height, left, top, delay_ms, 1000, disposal, blend)
        return chunk("fcTL", body)

    def pixels(self, samples, color, depth):
        packed = zlib.compress(scanlines(samples, color, depth), 9)
        return chunk("fdAT", struct.pack(">I", self._number()) + packed)

    def _number(self):
        self.next += 1
        return self.next - 1
