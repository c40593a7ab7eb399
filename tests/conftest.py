from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ocrfix",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
    # .ci/run draws the same examples every time, all other runs new ones
    derandomize="OCRFIX_SAME_EXAMPLES" in os.environ,
)
settings.load_profile("ocrfix")

collect_ignore = ["browser/picture.py", "formats/render.py", "fuzz/fuzz.py"]
collect_ignore_glob = ["scale/recipes/*.py"]
"""Scripts that need more than the tests do."""
