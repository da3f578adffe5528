"""Times in a recording."""

from __future__ import annotations


def seconds(time: str) -> float:
    """`3:07`, `00:03:07`, `0:3:7.25` or `01:02:03,450` in seconds."""
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)
