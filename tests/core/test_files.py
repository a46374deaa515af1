"""Photos: only pixels are kept."""

import io
import os
import secrets
import struct
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from market.core import files
from market.core.errors import NotFound, Refused
from market.core.files import delete_photo, open_photo, store_photo

TAIL = b"<script>alert(1)</script>PK\x03\x04planted"


@pytest.fixture(autouse=True)
def root(tmp_path):
    files.configure(tmp_path / "photos")
    yield tmp_path / "photos"
    files.configure(tmp_path)


def photo(kind="JPEG", size=(1200, 800), mode="RGB", color=(200, 30, 30), **extra):
    out = io.BytesIO()
    Image.new(mode, size, color if mode == "RGB" else None).save(out, kind, **extra)
    return out.getvalue()


def stored(name, size):
    return Image.open(io.BytesIO(open_photo(name, size)))


def png_head(width, height):
    """A PNG that claims a size and has next to nothing inside."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_in_two_sizes_as_webp(kind):
    kept = store_photo(photo(kind))
    assert kept.sizes == (320, 960)
    assert (kept.width, kept.height) == (960, 640)
    assert stored(kept.name, 320).size == (320, 213)
    assert stored(kept.name, 960).format == "WEBP"
    red, green, _blue = stored(kept.name, 960).convert("RGB").getpixel((480, 320))
    assert red > 150 > 80 > green


def test_a_small_photo_is_never_enlarged():
    kept = store_photo(photo(size=(100, 50)))
    assert stored(kept.name, 960).size == stored(kept.name, 320).size == (100, 50)


def test_a_private_photo_is_not_opened_as_a_public_one():
    kept = store_photo(photo(), private=True)
    assert open_photo(kept.name, 320, private=True)
    with pytest.raises(NotFound):
        open_photo(kept.name, 320)


def test_a_photo_from_before_the_two_were_told_apart_is_still_shown_to_whoever_may_see_it():
    kept = store_photo(photo())
    assert open_photo(kept.name, 320, private=True) == open_photo(kept.name, 320)


@pytest.mark.parametrize("private", [True, False])
def test_a_deleted_photo_is_gone_in_every_size(private):
    kept = store_photo(photo(), private=private)
    delete_photo(kept.name)
    for size in kept.sizes:
        with pytest.raises(NotFound):
            open_photo(kept.name, size, private=private)


def test_a_photo_of_a_paper_may_be_kept_larger():
    assert store_photo(photo(size=(2400, 1200)), sizes=(320, 1920)).width == 1920


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_every_mode_of_png_is_read(mode):
    kept = store_photo(photo("PNG", (40, 30), mode))
    assert stored(kept.name, 320).mode in ("RGB", "RGBA")


def test_grey_and_print_colours_of_jpeg_are_read():
    for mode in ("L", "CMYK"):
        assert stored(store_photo(photo("JPEG", (40, 30), mode)).name, 320).mode == "RGB"


def test_where_and_by_whom_a_photo_was_taken_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "SECRETCAM", "SECRETNOTE"
    exif.get_ifd(0x8825).update({1: "S", 2: (7.0, 15.0, 0.0), 3: "E", 4: (112.0, 45.0, 0.0)})
    sent = photo(exif=exif, icc_profile=b"SECRETICC" * 20, comment=b"SECRETCOMMENT")
    assert b"SECRETCAM" in sent
    kept = store_photo(sent)
    assert (kept.width, kept.height) == (640, 960)
    for size in kept.sizes:
        raw = open_photo(kept.name, size)
        assert b"SECRET" not in raw
        assert b"EXIF" not in raw
        assert b"ICCP" not in raw
        assert not stored(kept.name, size).getexif()


def test_texts_inside_a_png_and_metadata_of_a_webp_are_gone():
    from_png = store_photo(photo("PNG", (50, 50), pnginfo=_texts()))
    from_webp = store_photo(photo("WEBP", (50, 50), exif=b"Exif\0\0SECRET", xmp=b"<x>SECRET</x>"))
    for kept in (from_png, from_webp):
        assert b"SECRET" not in open_photo(kept.name, 320)


def _texts():
    info = PngInfo()
    info.add_text("Comment", "SECRET")
    return info


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_planted_behind_a_photo_is_not_kept(kind, root):
    kept = store_photo(photo(kind) + TAIL)
    for path in root.rglob("*"):
        assert path.is_dir() or (b"planted" not in path.read_bytes() and b"script" not in path.read_bytes())
    assert kept.width == 960


NOT_PHOTOS = {
    "empty": b"",
    "text": b"halo",
    "html": b"<html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "pdf": b"%PDF-1.7\n%%EOF",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "exe": b"MZ" + b"\0" * 100,
    "jpeg head, html body": b"\xff\xd8\xff\xe0" + TAIL,
    "png head, html body": b"\x89PNG\r\n\x1a\n" + TAIL,
    "riff that is sound": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 60,
    "html before the photo": TAIL + photo(size=(40, 40)),
    "half a jpeg": photo(size=(800, 800), quality=95)[:2_000],
    "half a png": photo("PNG", (300, 300))[:-200],
    "half a webp": photo("WEBP", (300, 300))[:-60],
    "gif": photo("GIF", (40, 40)),
    "bmp": photo("BMP", (40, 40)),
    "tiff": photo("TIFF", (40, 40)),
    "ico": photo("ICO", (32, 32)),
    "ppm": photo("PPM", (40, 40)),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "png of nothing": png_head(0, 0),
    "png that lies about its size": png_head(4_000, 4_000),
    "too many pixels": png_head(5_001, 5_000),
    "a pixel bomb": png_head(60_000, 60_000),
    "a thin endless strip": png_head(1_000_000, 2),
    "more than 8 MB": photo() + b"\0" * 8_000_000,
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_no_whole_photo_is_refused_in_words_and_nothing_is_kept(name, root):
    with pytest.raises(Refused) as refused:
        store_photo(NOT_PHOTOS[name])
    assert len(refused.value.message) > 10
    assert not list(root.rglob("*.webp"))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_a_photo_in_the_format_of_an_iphone_is_refused_with_the_way_out(root, brand):
    with pytest.raises(Refused, match="Paling Kompatibel"):
        store_photo(b"\0\0\0\x18ftyp" + brand + b"\0" * 200)
    assert not list(root.rglob("*.webp"))


@pytest.mark.parametrize("size", [(5_100, 5_000), (25_000, 2)])
def test_an_honest_photo_beyond_the_cap_is_told_why(size):
    with pytest.raises(Refused, match="megapiksel"):
        store_photo(photo("PNG", size, "L"))


BOMB = """
import resource, sys, time, pathlib
from market.core import files
from market.core.errors import Refused
data = sys.stdin.buffer.read()
files.configure(pathlib.Path(sys.argv[1]))
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
try:
    files.store_photo(data)
except Refused:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.monotonic() - start)
"""


def test_a_pixel_bomb_costs_neither_memory_nor_time(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", BOMB, str(tmp_path)],
        input=png_head(60_000, 60_000),
        capture_output=True,
        timeout=60,
        check=True,
    )
    kilobytes, seconds = map(float, done.stdout.split())
    assert kilobytes < 50_000
    assert seconds < 1


def test_the_largest_photo_is_accepted_within_reason():
    assert store_photo(photo(size=(5_000, 5_000))).width == 960


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 400))
def test_a_damaged_photo_is_refused_or_read_but_breaks_nothing(junk, kind, at):
    whole = photo(kind, (20, 20))
    with suppress(Refused):
        store_photo(whole[:at] + junk + whole[at + len(junk) :], sizes=(32,))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        "a" * 31,
        "A" * 32,
        "g" * 32,
        "a" * 33,
        "a" * 32 + "\n",
        "\x00" * 32,
        "/" * 32,
        "１" * 32,
    ],
)
def test_a_name_that_we_never_gave_leads_nowhere(name):
    with pytest.raises(NotFound):
        open_photo(name, 320)
    with pytest.raises(NotFound):
        delete_photo(name)


def test_unknown_sizes_and_photos_are_not_found():
    kept = store_photo(photo())
    for name, size in [(kept.name, 321), (kept.name, -1), (kept.name, 10**9), ("a" * 32, 320)]:
        with pytest.raises(NotFound):
            open_photo(name, size)


def test_names_are_random_and_the_upload_is_recognised_by_its_digest():
    one, two = store_photo(photo()), store_photo(photo())
    assert one.name != two.name
    assert one.sha256 == two.sha256 != store_photo(photo(color=(0, 0, 9))).sha256


def test_a_deleted_photo_is_gone_in_every_size_and_others_stay(monkeypatch):
    names = iter(["ab" + "1" * 30, "ab" + "2" * 30])  # neighbours in one folder
    monkeypatch.setattr(secrets, "token_hex", lambda _size: next(names))
    one, two = store_photo(photo()), store_photo(photo())
    delete_photo(one.name)
    delete_photo(one.name)
    for size in one.sizes:
        with pytest.raises(NotFound):
            open_photo(one.name, size)
    assert open_photo(two.name, 320)


def test_a_photo_is_there_whole_or_not_at_all(monkeypatch, root):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store_photo(photo())
    assert not [path for path in root.rglob("*") if path.is_file()]


def aged(root, name, days):
    for path in root.glob(f"*/{name}*"):
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - days * 86_400))


def test_a_photo_that_no_row_names_is_removed_after_a_day_and_no_other(root):
    orphan, fresh, shown = (store_photo(photo()).name for _n in range(3))
    aged(root, orphan, 2)
    aged(root, shown, 400)
    asked = []
    assert files.sweep(lambda names: asked.append(names) or names & {shown}) == len(files.SIZES)
    assert set().union(*asked) == {orphan, shown}, "a fresh one may still be named by a transaction"
    open_photo(fresh, 320)
    open_photo(shown, 960)
    with pytest.raises(NotFound):
        open_photo(orphan, 320)


def test_what_an_interrupted_write_left_is_removed_as_well(root):
    name = store_photo(photo()).name
    left = root / name[:2] / "tmpabc.part"
    left.write_bytes(b"half")
    aged(root, "tmpabc", 2)
    assert files.sweep(lambda names: names) == 1
    assert not left.exists()
