"""Uncertain dates: EDTF (ISO 8601-2:2019) read exactly, with the first and last day they can mean.

Levels 0 and 1 are read whole, but for years outside 0001–9999. Of level 2: sets (`[a,b]`, `{a..b}`) and an X
in any position. The `edtf` library is not used at run time: it takes 8–50 ms a date, lets 2023-02-29 and
reversed intervals pass, and widens "around a day" to more than a year. Tests hold our bounds against it.
"""

from osint.edtf.bounds import EdtfDate, parse_edtf
from osint.edtf.grammar import EdtfError
from osint.edtf.words import in_words

__all__ = ["EdtfDate", "EdtfError", "in_words", "parse_edtf"]
