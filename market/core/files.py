"""Photos: decoded, turned upright, shrunk and encoded anew, so that nothing of the upload itself is kept.

What a file hides (EXIF with the place, a script or archive behind the picture) is gone because only
pixels are carried over. Names are random; nothing a person typed becomes part of a path.
"""

import contextlib
import hashlib
import io
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from market.core.errors import NotFound, Refused
from market.core.i18n import _

MAX_BYTES = 8_000_000
MAX_PIXELS = 25_000_000
MAX_SIDE = 20_000
SIZES = (320, 960)
CONTENT_TYPE = "image/webp"
PREVIEW = (1200, 630)
"""Size that WhatsApp and others ask a preview to have."""
PAPER = "#fbf3df"
ORPHAN_AGE_S = 86_400
"""Far longer than any transaction that might still come to name a photo."""

_FORMATS = ("JPEG", "PNG", "WEBP", "MPO")  # MPO: a JPEG with further pictures behind it, as phones write
_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_QUALITY = 80
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")

_root: Path | None = None


@dataclass(frozen=True)
class StoredPhoto:
    """What is to be remembered: `width` and `height` of the largest stored size, `sha256` of the upload."""

    name: str
    sizes: tuple[int, ...]
    width: int
    height: int
    sha256: str


def configure(root: Path) -> None:
    """The folder in which photos of this process live; made when needed."""
    global _root
    _root = root


def store_photo(data: bytes, sizes: Sequence[int] = SIZES, *, private: bool = False) -> StoredPhoto:
    """Keep a photo in `sizes` (longest side in pixels; never enlarged), as WebP.

    A `private` one (a permit, a complaint, a signature) is opened as such only, never by the public address.
    Raises Refused for anything that is not a whole JPEG, PNG or WebP of at most 25 megapixels and
    8 MB. The files are written at once, whatever becomes of the transaction: names are random, so
    an orphan harms nobody until `sweep` finds it.
    """
    picture = _decode(data, max(sizes))
    name = secrets.token_hex(16)
    width = height = 0
    for size in sorted(sizes):
        shrunk = picture.copy()
        shrunk.thumbnail((size, size), Image.Resampling.LANCZOS)
        _write(_path(name, size, private), _encode(shrunk))
        width, height = shrunk.size
    return StoredPhoto(name, tuple(sorted(sizes)), width, height, hashlib.sha256(data).hexdigest())


def open_photo(name: str, size: int, *, private: bool = False) -> bytes:
    """The photo as WebP. Raises NotFound, also for names that we never gave.

    A private photo is never opened as a public one. What was stored before the two were told apart lies
    under the public name and is still opened by whoever may see it.
    """
    for path in (_path(name, size, True), _path(name, size)) if private else (_path(name, size),):
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
    raise NotFound


def preview(name: str, size: int) -> bytes:
    """The photo in the middle of a sheet of 1200 x 630, as JPEG: what messengers show beside a link.

    Raises NotFound as `open_photo` does.
    """
    with Image.open(io.BytesIO(open_photo(name, size)), formats=("WEBP",)) as stored:
        whole = ImageOps.contain(stored.convert("RGB"), PREVIEW, Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", PREVIEW, PAPER)
    sheet.paste(whole, ((PREVIEW[0] - whole.width) // 2, (PREVIEW[1] - whole.height) // 2))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def delete_photo(name: str) -> None:
    """Remove every size; nothing happens when it is gone already."""
    folder = _path(name, 0).parent
    for path in folder.glob(f"{name}-*.webp"):
        path.unlink(missing_ok=True)


def sweep(named: Callable[[set[str]], set[str]]) -> int:
    """Remove photos older than a day that no row names (their transaction rolled back, or they were
    replaced), and what an interrupted write left; returns how many files.

    `named` picks from a set of names those that are in use. Age is what the disk says, so that neither
    a clock that was moved nor a transaction still under way can lose a photo.
    """
    if _root is None:
        raise RuntimeError("files is not configured")
    removed = 0
    for folder in sorted(_root.glob("[0-9a-f][0-9a-f]")):
        old = [path for path in folder.iterdir() if time.time() - path.stat().st_mtime > ORPHAN_AGE_S]
        photos = {path.name.partition("-")[0] for path in old if path.suffix == ".webp"}
        used = named(photos) if photos else set()
        for path in old:
            if path.suffix == ".part" or path.name.partition("-")[0] not in used:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _decode(data: bytes, largest: int) -> Image.Image:
    """Upright pixels in RGB or RGBA; the head is judged before a single pixel is decoded."""
    if len(data) > MAX_BYTES:
        raise Refused(_("Foto terlalu besar. Paling besar %(most)s MB.", most=MAX_BYTES // 1_000_000))
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise Refused(
            _("Foto HEIC iPhone belum bisa dibaca. Di Pengaturan, Kamera, Format, pilih Paling Kompatibel.")
        )
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        _refuse_huge(picture.size)
        picture.draft("RGB", (2 * largest, 2 * largest))  # lets a JPEG decode smaller at once
        picture.load()
        upright = _upright(picture)
        return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):  # Pillow's own, higher caps
        raise _too_many_pixels() from None
    except Exception as error:  # decoders of hostile data raise whatever they like
        raise Refused(_("Foto ini tidak bisa dibaca. Kirim foto JPEG, PNG, atau WebP yang utuh.")) from error


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held; damaged camera data is no reason to refuse a good picture."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # whatever the parser of camera data raises
        return picture


def _refuse_huge(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        raise _too_many_pixels()


def _too_many_pixels() -> Refused:
    return Refused(
        _("Ukuran foto terlalu besar. Paling besar %(most)s megapiksel.", most=MAX_PIXELS // 10**6)
    )


def _encode(picture: Image.Image) -> bytes:
    """WebP of the pixels alone: a fresh image has no metadata that an encoder could choose to carry over."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def _path(name: str, size: int, private: bool = False) -> Path:
    if _root is None:
        raise RuntimeError("files is not configured")
    if not _NAME.fullmatch(name) or not 0 <= size <= MAX_SIDE:
        raise NotFound
    return _root / name[:2] / f"{name}-{int(size)}{'-private' if private else ''}.webp"


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a reader sees the whole file or none, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
