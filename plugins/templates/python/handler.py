"""Thumbnails of {{title}} pictures.

A {{title}} picture is the line "{{name}} WIDTH HEIGHT" followed by red, green and blue of each pixel, a byte each,
row by row. Replace `read_header` and `read_row` by what your format needs. The whole contract is in wit/handler.wit.
"""

import re
import traceback

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import types
from wit_world.imports.log import Level, log

HEADER = re.compile(rb"{{name}} ([0-9]{1,9}) ([0-9]{1,9})\n")
HEADER_MAX_BYTES = 256
PIXELS_MAX = 64 << 20


class Handler(exports.Handler):
    def describe(self):
        media_type = types.MediaType("image/x-{{name}}", ["{{extension}}"], [(0, b"{{name}} ")])
        return types.Description("{{name}}", "0.1.0", [media_type], params=[], hints=[])

    def render(self, source, request):
        try:
            return render(source, request)
        except Err:
            raise
        except Exception as bug:
            log_bug(bug)
            raise


def render(source, request):
    size, start = read_header(source)
    step = sampling_step(size, request)
    log(Level.DEBUG, f"{size.width}x{size.height} pixels, taking one of {step} each way")
    rows = [read_row(source, start, size, y, step) for y in range(0, size.height, step)]
    shrunk = types.Size(len(rows[0]) // 3, len(rows))
    raster = types.Raster(shrunk, types.PixelFormat.RGB8, b"".join(rows))
    return types.Picture(types.Output_Still(raster), source_size=size, metadata=[])


def read_header(source):
    """The size of the picture, and the offset of its first pixel."""
    header = HEADER.match(read(source, 0, HEADER_MAX_BYTES))
    if header is None:
        raise Err(types.Failure_Malformed("The file does not begin like a {{title}} picture."))
    size = types.Size(int(header[1]), int(header[2]))
    pixels = size.width * size.height
    if pixels == 0:
        raise Err(types.Failure_Malformed("The picture has no pixels."))
    if pixels > PIXELS_MAX:
        raise Err(types.Failure_TooLarge(f"{size.width} x {size.height} pixels are too many."))
    # Checked before anything is read, so that no later read can come back short.
    if source.size() < header.end() + 3 * pixels:
        raise Err(types.Failure_Malformed("The file ends before the picture is complete."))
    return size, header.end()


def sampling_step(size, request):
    """Every how many pixels one is taken, so that the raster is still at least twice as large as the thumbnail."""
    across = size.width // (2 * request.target.width)
    down = size.height // (2 * request.target.height)
    return max(1, max(across, down) if request.fit is types.Fit.CONTAIN else min(across, down))


def read_row(source, start, size, y, step):
    """Every `step`th pixel of a row."""
    row = read(source, start + 3 * size.width * y, 3 * size.width)
    taken = bytearray(3 * len(range(0, size.width, step)))
    for channel in range(3):
        taken[channel::3] = row[channel :: 3 * step]
    return taken


def read(source, offset, count):
    """`count` bytes, or fewer at the end of the file. The host may give a large piece in several parts."""
    data = source.read_at(offset, count)
    while 0 < len(data) < count and (more := source.read_at(offset + len(data), count - len(data))):
        data += more
    return data


def log_bug(bug):
    """The log is all that will tell of a bug: any exception but `Err` ends the job."""
    log(Level.WARN, "".join(traceback.format_tb(bug.__traceback__)))
    log(Level.ERROR, f"{type(bug).__name__}: {bug}")
