"""Makes thumbnails with libvips and Pillow, and says what they cost.

Each line of the input is a command with its arguments, separated by tabs; the answer is a line, after which the
pixels come where pixels were asked for, as RGBA. A PEER is `libvips` or `pillow`, FRAMES is 1 or `all`, FORMAT is
that of the thumbnail: `JPEG`, `PNG` or `GIF`.

    versions                       what is compared with
    run PEER FRAMES FORMAT PATH    CPU time in nanoseconds, bytes of the thumbnail
    pixels PEER FRAMES PATH        width, height of the first frame before it is encoded
    reference WIDTH HEIGHT PATH    width, height of the first frame, decoded whole and resized by Lanczos
    memory PEER FRAMES FORMAT PATH bytes by which the process grew at most; true if it did nothing else before
"""

import io
import os
import sys
import time
from functools import lru_cache

# Before libvips starts.
os.environ["VIPS_CONCURRENCY"] = "1"

import PIL
import pyvips
from PIL import Image, ImageSequence

BOX = (100, 100)
JPEG_QUALITY = 80

pyvips.cache_set_max(0)
Image.MAX_IMAGE_PIXELS = None


class Libvips:
    """`vips_thumbnail`, which shrinks while it loads."""

    @staticmethod
    def frames(upload, frames):
        options = "n=-1" if frames == "all" else ""
        return pyvips.Image.thumbnail_buffer(
            upload, BOX[0], height=BOX[1], size="down", option_string=options
        )

    @staticmethod
    def encode(image, file_format):
        if file_format == "JPEG":
            return image.jpegsave_buffer(Q=JPEG_QUALITY)
        return image.pngsave_buffer() if file_format == "PNG" else image.gifsave_buffer()

    @staticmethod
    def pixels(image):
        height = image.get_page_height()
        first = image.crop(0, 0, image.width, height).colourspace("srgb")
        first = first if first.hasalpha() else first.bandjoin(255)
        return first.width, height, bytes(first.cast("uchar").write_to_memory())


class Pillow:
    """`Image.thumbnail`, which has JPEG decoded at a reduced scale (`draft`) and shrinks by boxes before Lanczos."""

    @classmethod
    def frames(cls, upload, frames):
        image = Image.open(io.BytesIO(upload))
        if frames == "all":
            return [cls.small(frame.copy()) for frame in ImageSequence.Iterator(image)]
        return [cls.small(image)]

    @staticmethod
    def small(image):
        image = true_colour(image)
        image.thumbnail(BOX, Image.Resampling.LANCZOS)
        return image

    @staticmethod
    def encode(images, file_format):
        file = io.BytesIO()
        first, *rest = images
        options = {"save_all": True, "append_images": rest, "loop": 0} if rest else {}
        if file_format == "JPEG":
            options["quality"] = JPEG_QUALITY
        first.save(file, file_format, **options)
        return file.getvalue()

    @staticmethod
    def pixels(images):
        first = images[0].convert("RGBA")
        return *first.size, first.tobytes()


PEERS = {"libvips": Libvips, "pillow": Pillow}


def true_colour(image):
    """Numbers of colours cannot be averaged. JPEG is left alone, because it is not decoded yet."""
    if image.mode != "P":
        return image
    return image.convert("RGBA" if "transparency" in image.info else "RGB")


@lru_cache(maxsize=1)
def read(path):
    with open(path, "rb") as file:
        return file.read()


def run(peer, frames, file_format, path):
    upload, peer = read(path), PEERS[peer]
    before = time.process_time_ns()
    thumbnail = peer.encode(peer.frames(upload, frames), file_format)
    return time.process_time_ns() - before, len(thumbnail)


def pixels(peer, frames, path):
    peer = PEERS[peer]
    return peer.pixels(peer.frames(read(path), frames))


def reference(width, height, path):
    image = true_colour(Image.open(io.BytesIO(read(path))))
    return Pillow.pixels([image.resize((int(width), int(height)), Image.Resampling.LANCZOS)])


def memory(peer, frames, file_format, path):
    upload, peer = read(path), PEERS[peer]
    # The first thumbnail loads code.
    small = io.BytesIO()
    Image.new("RGB", (256, 256)).save(small, Image.open(io.BytesIO(upload)).format)
    peer.encode(peer.frames(small.getvalue(), frames), file_format)
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")
    before = status("VmRSS")
    peer.encode(peer.frames(upload, frames), file_format)
    return (max(0, status("VmHWM") - before),)


def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) << 10


def versions():
    libvips = ".".join(str(pyvips.version(part)) for part in range(3))
    return (f"libvips {libvips} (pyvips {pyvips.__version__}), Pillow {PIL.__version__}",)


COMMANDS = {command.__name__: command for command in (versions, run, pixels, reference, memory)}

for line in sys.stdin:
    command, *arguments = line.rstrip("\n").split("\t")
    *answer, last = COMMANDS[command](*arguments)
    raw = last if isinstance(last, bytes) else b""
    words = answer if raw else [*answer, last]
    sys.stdout.buffer.write("\t".join(map(str, words)).encode() + b"\n" + raw)
    sys.stdout.buffer.flush()
