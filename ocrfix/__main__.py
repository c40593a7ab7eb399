"""``python -m ocrfix``."""

from __future__ import annotations

import sys

from ocrfix.cli import main

if __name__ == "__main__":
    sys.exit(main())
