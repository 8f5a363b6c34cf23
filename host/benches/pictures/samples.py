"""Makes the pictures that are measured, from two photos: `samples.py SOFT DENSE FOLDER`.

SOFT has a blurred background (0.9 bits a pixel as JPEG at quality 85), DENSE is full of texture (2.1); what a
camera takes lies between. A file that is there is kept.
"""

import sys
from pathlib import Path

import pyvips
from PIL import Image, ImageDraw, ImageFont, ImageOps

MEGAPIXELS_12 = (4000, 3000)
MEGAPIXELS_24 = (6000, 4000)
MEGAPIXELS_4 = (2560, 1600)
MEGAPIXELS_1 = (1280, 853)
FRAMES = 50
FRAME_SIZE = (640, 480)
FRAME_MS = 50


def main(soft_path: str, dense_path: str, folder: str) -> None:
    soft, dense = (Image.open(path).convert("RGB") for path in (soft_path, dense_path))
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, write in (jpegs(soft, dense) | pngs(soft, dense) | gifs(soft)).items():
        path = Path(folder, name)
        if path.exists():
            continue
        print(f"bench: making {name}", file=sys.stderr)
        # The half of a file that an interrupted run leaves has another name.
        unfinished = path.with_stem("unfinished")
        write(unfinished)
        unfinished.rename(path)


def jpegs(soft, dense):
    """Baseline and progressive, 4:2:0 at quality 85."""
    pictures = {
        "photo12": lambda: cut(soft, MEGAPIXELS_12),
        "dense12": lambda: cut(dense, MEGAPIXELS_12),
        "photo24": lambda: cut(soft, MEGAPIXELS_24),
        "dense24": lambda: cut(dense, MEGAPIXELS_24),
        "web2": lambda: ImageOps.fit(soft, (1920, 1080)),
        "web1": lambda: ImageOps.fit(dense, (1200, 800)),
        "web05": lambda: ImageOps.fit(soft, (800, 600)),
        "web03": lambda: ImageOps.fit(dense, (640, 480)),
    }
    files = {}
    for name, picture in pictures.items():
        files[f"{name}.jpg"] = jpeg(picture, progressive=False)
        files[f"{name}p.jpg"] = jpeg(picture, progressive=True)
    return files


def jpeg(picture, progressive):
    options = {"quality": 85, "subsampling": "4:2:0", "progressive": progressive}
    return lambda path: picture().save(path, "JPEG", **options)


def pngs(soft, dense):
    """All with adaptive filters, as most programs write photos."""
    return {
        "rgb12.png": png(lambda: from_pillow(cut(soft, MEGAPIXELS_12))),
        "rgb1.png": png(lambda: from_pillow(ImageOps.fit(soft, MEGAPIXELS_1))),
        "rgba4.png": png(lambda: with_alpha(from_pillow(cut(dense, MEGAPIXELS_4)))),
        "pal4.png": lambda path: cut(soft, MEGAPIXELS_4).quantize(256).save(path, "PNG"),
        "rgb16_4.png": png(lambda: deep(soft)),
        "grey4.png": png(lambda: from_pillow(cut(dense, MEGAPIXELS_4).convert("L"))),
        "rgba16_4.png": png(lambda: with_deep_alpha(deep(soft))),
        "screen2.png": png(lambda: from_pillow(screenshot())),
    }


def png(picture):
    return lambda path: picture().pngsave(str(path), filter="all", compression=6)


def gifs(photo):
    """A film, of which each frame is a whole photo, and a drawing, of which little moves."""
    return {"anim50.gif": gif(film(photo)), "ui50.gif": gif(drawing())}


def gif(frames):
    def write(path):
        first, *rest = frames
        first.save(
            path, "GIF", save_all=True, append_images=rest, duration=FRAME_MS, loop=0
        )

    return write


def cut(photo, size):
    """A piece in the resolution of the camera. Where the photo is too small, it goes on mirrored."""
    width, height = photo.size
    whole = Image.new("RGB", (2 * width, 2 * height))
    whole.paste(photo, (0, 0))
    whole.paste(ImageOps.mirror(photo), (width, 0))
    whole.paste(ImageOps.flip(whole.crop((0, 0, 2 * width, height))), (0, height))
    return whole.crop((0, 0, *size))


def from_pillow(picture):
    bands = len(picture.getbands())
    image = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, bands, "uchar")
    return image.copy(interpretation="srgb" if bands > 1 else "b-w")


def with_alpha(picture):
    return picture.bandjoin((fading(picture) * 255).cast("uchar")).copy(interpretation="srgb")


def with_deep_alpha(picture):
    return picture.bandjoin((fading(picture) * 65535).cast("ushort")).copy(interpretation="rgb16")


def fading(picture):
    """Opaque in the middle, and fading out towards the corners."""
    across = (pyvips.Image.xyz(picture.width, picture.height) / [picture.width, picture.height] - 0.5).abs()
    return 1.4 - across[0] - across[1]


def deep(photo):
    """Averages pixels, so that all 16 bits say something."""
    picture = from_pillow(photo).cast("ushort") * 257
    picture = picture.resize(MEGAPIXELS_4[0] / picture.width).crop(0, 0, *MEGAPIXELS_4)
    return picture.cast("ushort").copy(interpretation="rgb16")


def screenshot():
    """Windows full of text."""
    screen = Image.linear_gradient("L").resize((1920, 1080)).convert("RGB")
    draw = ImageDraw.Draw(screen)
    font = ImageFont.load_default(15)
    for window, paper in enumerate(["#ffffff", "#1e1e1e", "#fdf6e3"]):
        left, top = 40 + 610 * window, 60 + 40 * window
        draw.rectangle((left, top - 30, left + 590, top + 860), "#3465a4")
        draw.rectangle((left + 1, top, left + 589, top + 859), paper)
        for line in range(42):
            words = (f"{(line * 7919 + word * 104729) % 99991:x}" for word in range(line % 5, 11))
            ink = ["#204a87", "#a40000", "#4e9a06", "#8f5902"][(line + window) % 4]
            draw.text((left + 12, top + 10 + 20 * line), " ".join(words), ink, font)
    return screen


def film(photo):
    """A camera that pans over the photo."""
    width, height = FRAME_SIZE
    for frame in range(FRAMES):
        left, top = 30 * frame, 25 * frame
        scene = photo.crop((left, top, left + 2 * width, top + 2 * height))
        yield scene.resize(FRAME_SIZE).quantize(256, dither=Image.Dither.NONE)


def drawing():
    """A bar that grows."""
    width, height = FRAME_SIZE
    for frame in range(FRAMES):
        picture = Image.new("RGB", FRAME_SIZE, "#eeeeec")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, width, 40), "#3465a4")
        draw.text((20, 10), "Thumbnails are being made", "#ffffff", ImageFont.load_default(18))
        draw.rectangle((40, 200, 40 + frame * 11, 260), "#4e9a06")
        draw.text((300, 300), f"{frame * 2} %", "#204a87", ImageFont.load_default(40))
        yield picture.quantize(64)


if __name__ == "__main__":
    main(*sys.argv[1:])
