"""Rows of texts as tests make and read them."""

from __future__ import annotations

import json

from ocrfix import Config

BAD = "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu."
GOOD = BAD.replace("ð", "đ")
CONFIG = Config(select=("ENC",))


def lines(path):
    """The values in a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
