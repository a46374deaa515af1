"""Pictures as heavy as photos: soft shapes under fine grain, from a seed; they show nothing."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from market.catalogue.services.rules import PHOTO_SIZES
from market.core import files

COUNT = 24
SIDE = (960, 720)


def picture(seed: int) -> bytes:
    """A JPEG of a phone's kind."""
    dice = random.Random(seed)
    image = Image.new("RGB", SIDE, _colour(dice))
    draw = ImageDraw.Draw(image)
    for _ in range(140):
        x, y, size = dice.randrange(SIDE[0]), dice.randrange(SIDE[1]), dice.randrange(20, 160)
        draw.ellipse((x - size, y - size, x + size, y + size * 0.7), fill=_colour(dice))
    image = image.filter(ImageFilter.GaussianBlur(3))
    grain = Image.merge("RGB", [_grain(dice) for _ in range(3)])
    out = io.BytesIO()
    Image.blend(image, grain, 0.12).save(out, "JPEG", quality=88)
    return out.getvalue()


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return (dice.randrange(90, 240), dice.randrange(60, 200), dice.randrange(30, 150))


def _grain(dice: random.Random) -> Image.Image:
    small = Image.frombytes("L", (240, 180), dice.randbytes(240 * 180))
    return small.resize(SIDE, Image.Resampling.BICUBIC)


def store() -> list[str]:
    """Names of the stored photos, in the folder that the process was configured with."""
    return [files.store_photo(picture(n), PHOTO_SIZES).name for n in range(COUNT)]
