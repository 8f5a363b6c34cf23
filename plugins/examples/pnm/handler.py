"""Thumbnails of PBM, PGM and PPM pictures, plain and raw: P1 to P6.

Only every so many pixels are taken, which is quick in any language and enough: the host does the last, best resize.
"""

import traceback

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import types
from wit_world.imports.log import Level, log

from header import read_header
from samples import rows

MEDIA_TYPES = [
    types.MediaType("image/x-portable-bitmap", ["pbm"], [(0, b"P1"), (0, b"P4")]),
    types.MediaType("image/x-portable-graymap", ["pgm"], [(0, b"P2"), (0, b"P5")]),
    types.MediaType("image/x-portable-pixmap", ["ppm"], [(0, b"P3"), (0, b"P6")]),
    types.MediaType("image/x-portable-anymap", ["pnm"], []),
]


class Handler(exports.Handler):
    def describe(self):
        return types.Description("pnm", "0.1.0", MEDIA_TYPES, params=[], hints=[])

    def render(self, source, request):
        try:
            return render(source, request)
        except Err:
            raise
        except Exception as bug:
            log_bug(bug)
            raise


def render(source, request):
    header = read_header(source)
    step = sampling_step(header.size, request)
    log(Level.DEBUG, f"P{header.kind}, at most {header.maximum} a sample, one pixel of {step} each way")
    taken = list(rows(source, header, step))
    shrunk = types.Size(len(taken[0]) // header.channels, len(taken))
    pixel_format = types.PixelFormat.RGB8 if header.channels == 3 else types.PixelFormat.GRAY8
    raster = types.Raster(shrunk, pixel_format, b"".join(taken))
    return types.Picture(types.Output_Still(raster), source_size=header.size, metadata=[])


def sampling_step(size, request):
    """Every how many pixels one is taken, so that the raster is still at least twice as large as the thumbnail."""
    across = size.width // (2 * request.target.width)
    down = size.height // (2 * request.target.height)
    return max(1, max(across, down) if request.fit is types.Fit.CONTAIN else min(across, down))


def log_bug(bug):
    """The log is all that will tell of a bug: any exception but `Err` ends the job."""
    log(Level.WARN, "".join(traceback.format_tb(bug.__traceback__)))
    log(Level.ERROR, f"{type(bug).__name__}: {bug}")
