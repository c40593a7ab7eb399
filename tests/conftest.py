from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ocrfix", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ocrfix")

collect_ignore = ["browser/picture.py", "formats/render.py", "fuzz/fuzz.py"]
collect_ignore_glob = ["scale/recipes/*.py"]
"""Scripts that need more than the tests do."""
