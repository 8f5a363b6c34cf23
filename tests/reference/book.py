"""Collects the files, the thumbnails and the table that says what belongs together."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

import thumbnails
from thumbnails import Ask

HERE = Path(__file__).parent
COLUMNS = "file content_type options expected width height reference tolerance delays_ms loops note".split()
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif"}
MOST_BYTES = 64 << 10
# A thumbnail that differs less than this from one that is there already is not kept twice.
SAME = 0.15


@dataclass
class Row:
    file: str
    content_type: str
    options: str
    expected: str
    width: object = ""
    height: object = ""
    reference: str = ""
    tolerance: object = ""
    delays_ms: str = ""
    loops: str = ""
    note: str = ""

    def line(self):
        return "\t".join(str(getattr(self, column)) for column in COLUMNS)


class Book:
    def __init__(self):
        self.rows, self.kept = [], {}
        for folder in ("files", "thumbnails"):
            shutil.rmtree(HERE / folder, ignore_errors=True)
            (HERE / folder).mkdir()

    def picture(self, kind, name, file, truth, tolerance, note, ask=None):
        """A file whose thumbnail is known. `truth` is the upright picture in sRGB, 0 to 255."""
        ask = ask or Ask()
        thumbnail = thumbnails.thumbnail(truth, ask)
        if kind == "gif":
            thumbnail = thumbnails.on_or_off(thumbnail)
        self._row(kind, name, file, ask, [thumbnail], tolerance, note)

    def movie(self, kind, name, file, frames, delays_ms, loops, tolerance, note, ask=None):
        """A file whose thumbnail moves. `loops` is what the thumbnail says: `ever`, a number of repeats, or `once`."""
        ask = ask or Ask()
        small = [thumbnails.thumbnail(frame, ask) for frame in frames]
        if kind == "gif":
            small = [thumbnails.on_or_off(frame) for frame in small]
        self._row(kind, name, file, ask, small, tolerance, note, delays_ms, loops)

    def refused(self, kind, name, file, expected, note):
        """A file that has no thumbnail; `expected` is `unsupported`, `malformed`, or `refused` for either."""
        self.rows.append(Row(self._write(kind, name, file), TYPES[kind], "", expected, note=note))

    def either(self, kind, name, file, size, note, truth=None, tolerance="", expected="either"):
        """A file that may be refused. Where it is not, its thumbnail has this size, and this look where known.

        `if-supported` is stricter than `either`: it may be refused for being unsupported, and for nothing else.
        """
        reference = ""
        width, height = thumbnails.contain(*size, thumbnails.BOX) if size else ("", "")
        if truth is not None:
            reference = self._keep(f"{kind}-{name}", [thumbnails.thumbnail(truth, Ask())])
        path = self._write(kind, name, file)
        self.rows.append(Row(path, TYPES[kind], "", expected, width, height, reference, tolerance, note=note))

    def _row(self, kind, name, file, ask, frames, tolerance, note, delays_ms=(), loops=""):
        height, width = frames[0].shape[:2]
        reference = self._keep(f"{kind}-{name}", frames)
        delays = ",".join(map(str, delays_ms))
        path = self._write(kind, name, file)
        row = Row(path, TYPES[kind], ask.query(), "thumbnail", width, height, reference, tolerance, delays, loops, note)
        self.rows.append(row)

    def _write(self, kind, name, file):
        path = HERE / "files" / f"{name}.{kind.replace('jpeg', 'jpg')}"
        if path.exists():
            # The same file may be asked for in more than one way.
            assert path.read_bytes() == file, f"{path.name} is made twice"
        assert len(file) <= MOST_BYTES, f"{path.name} has {len(file)} bytes"
        path.write_bytes(file)
        return path.name

    def _keep(self, name, frames):
        """Writes the frames below each other, unless a thumbnail is there that looks the same."""
        strip = np.concatenate(frames)
        shape = (len(frames),) + strip.shape
        for other_name, other_shape, other in self.kept.values():
            if other_shape == shape and thumbnails.mean_error(strip, other) <= SAME:
                if np.abs(thumbnails.premultiplied(strip) - thumbnails.premultiplied(other)).max() <= 8:
                    return other_name
        file_name = f"{name}.png"
        while file_name in self.kept:
            file_name = f"{file_name[:-4]}-again.png"
        self.kept[file_name] = (file_name, shape, strip)
        (HERE / "thumbnails" / file_name).write_bytes(_png(strip))
        return file_name

    def write_table(self):
        lines = ["\t".join(COLUMNS)] + [row.line() for row in self.rows]
        (HERE / "expected.tsv").write_text("\n".join(lines) + "\n")


def _png(strip):
    if (strip[..., 3] == 255).all():
        strip = strip[..., :3]
        if (strip[..., :1] == strip).all():
            strip = strip[..., 0]
    file = io.BytesIO()
    Image.fromarray(strip).save(file, "png", optimize=True)
    return file.getvalue()
