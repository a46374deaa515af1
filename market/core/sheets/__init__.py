"""Spreadsheets in and out: read forgivingly, report every fault at once, write without formulas."""

from market.core.sheets.columns import Column, Fault, Kind, SheetResult
from market.core.sheets.reading import read
from market.core.sheets.writing import Cell, template, write_book, write_csv, write_xlsx

__all__ = [
    "Cell",
    "Column",
    "Fault",
    "Kind",
    "SheetResult",
    "read",
    "template",
    "write_book",
    "write_csv",
    "write_xlsx",
]
