"""Make benchmarks/own/ocr.jsonl: set the paragraphs, spoil the page, read it with Tesseract.

    apt-get install tesseract-ocr tesseract-ocr-vie fonts-dejavu fonts-freefont-ttf
    pip install pillow numpy fontpkg-be-vietnam-pro fontpkg-eb-garamond fontpkg-lora fontpkg-merriweather \
        fontpkg-noto-serif fontpkg-roboto fontpkg-source-serif-4
    OMP_THREAD_LIMIT=1 nice python benchmarks/render.py

Every choice (font, size, width, damage and its strength) is drawn from a generator seeded with the
paragraph's id, so the same versions of the fonts, of Pillow and of Tesseract give the same file; the
one in the repository was read by Tesseract 5.3.0 with the tessdata "vie" model. A page on which more
than MAX_WER of the words are wrong is rendered again with less damage, and a page without one wrong
word with more, TRIES times at most; the last outcome stays, since a corrector meets perfect pages and
hopeless ones too.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz.distance import Levenshtein

from ocrfix.evaluation import normalise

HERE = Path(__file__).parent
MAX_WER = 0.25
TRIES = 6
PAGES = "ab"
"""Every paragraph is set twice, each time in another font and with other damage."""

# Name, package, file. A package is a directory of /usr/share/fonts/truetype or a Python package.
FONTS = (
    ("DejaVu Sans", "dejavu", "DejaVuSans.ttf"),
    ("DejaVu Serif", "dejavu", "DejaVuSerif.ttf"),
    ("DejaVu Serif Condensed", "dejavu", "DejaVuSerifCondensed.ttf"),
    ("FreeSans", "freefont", "FreeSans.ttf"),
    ("FreeSerif", "freefont", "FreeSerif.ttf"),
    ("FreeSerif Bold", "freefont", "FreeSerifBold.ttf"),
    ("Be Vietnam Pro", "fontpkg_be_vietnam_pro", "BeVietnamPro-Regular.ttf"),
    ("EB Garamond", "fontpkg_eb_garamond", "EBGaramond[wght].ttf"),
    ("FreeSerif Italic", "freefont", "FreeSerifItalic.ttf"),
    ("Lora", "fontpkg_lora", "Lora[wght].ttf"),
    ("Merriweather", "fontpkg_merriweather", "Merriweather[opsz,wdth,wght].ttf"),
    ("Noto Serif", "fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf"),
    ("Noto Serif Italic", "fontpkg_noto_serif", "NotoSerif-Italic[wdth,wght].ttf"),
    ("Roboto", "fontpkg_roboto", "Roboto[wdth,wght].ttf"),
    ("Source Serif 4", "fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf"),
)

Grey = np.ndarray
"""A page: rows of float32 in [0, 255], 255 is white."""


def read_paragraphs(path: Path) -> list[tuple[str, str, str]]:
    """Id, category and text of every paragraph; an id is the category and a number from 1."""
    rows = []
    count: dict[str, int] = {}
    for line in path.read_text("utf-8").splitlines():
        category, text = line.split("\t")
        count[category] = count.get(category, 0) + 1
        rows.append((f"{category}-{count[category]:02}", category, text))
    return rows


def font_path(package: str, name: str) -> Path:
    """Where a font lies. Raises FileNotFoundError with the package to install."""
    system = Path("/usr/share/fonts/truetype") / package / name
    if system.exists():
        return system
    spec = importlib.util.find_spec(package)
    for folder in spec.submodule_search_locations or () if spec else ():
        if (Path(folder) / "files" / name).exists():
            return Path(folder) / "files" / name
    raise FileNotFoundError(f"font {name}: install {package} (see the head of {Path(__file__).name})")


@lru_cache(maxsize=64)
def load_font(package: str, name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(package, name)), size, layout_engine=ImageFont.Layout.BASIC)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[list[str]]:
    """Lines of words that fit the width (pixels)."""
    lines: list[list[str]] = [[]]
    for word in text.split():
        if lines[-1] and font.getlength(" ".join([*lines[-1], word])) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


def set_page(text: str, font: ImageFont.FreeTypeFont, columns: int, justify: bool) -> Grey:
    """The paragraph in black on white, with about ``columns`` characters a line."""
    size = font.size
    width = columns * font.getlength("nhân dân ta đã có một lòng yêu nước") / 35
    lines = wrap(text, font, width)
    step, margin = round(size * 1.42), round(size * 1.3)
    widest = max(font.getlength(" ".join(line)) for line in lines)
    width = max(width, widest)
    image = Image.new("L", (round(width) + 2 * margin, step * len(lines) + 2 * margin), 255)
    draw = ImageDraw.Draw(image)
    space = font.getlength(" ")
    for number, line in enumerate(lines):
        gap = space
        if justify and number < len(lines) - 1 and len(line) > 1:
            gap = (width - sum(map(font.getlength, line))) / (len(line) - 1)
            gap = min(gap, 3.5 * space)
        x = float(margin)
        for word in line:
            draw.text((x, margin + number * step), word, font=font, fill=0)
            x += font.getlength(word) + gap
    return np.asarray(image, dtype=np.float32)


def _image(page: Grey) -> Image.Image:
    return Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))


def _array(image: Image.Image) -> Grey:
    return np.asarray(image, dtype=np.float32)


def low_resolution(page: Grey, amount: float, size: int, rng: random.Random) -> tuple[Grey, str]:
    """Scan at few pixels per em, then enlarge."""
    em = 15.5 - 6.5 * amount
    factor = min(1.0, em / size)
    image = _image(page)
    small = image.resize(
        (max(8, round(image.width * factor)), max(8, round(image.height * factor))), Image.Resampling.BOX
    )
    big = 2.2 if rng.random() < 0.5 else 1 / factor
    out = small.resize((round(small.width * big), round(small.height * big)), Image.Resampling.BICUBIC)
    return _array(out), f"lowres{em:.1f}"


def blur(page: Grey, amount: float, size: int, rng: random.Random) -> tuple[Grey, str]:
    """A lens out of focus; the radius goes with the size of the type."""
    radius = size * (0.02 + 0.068 * amount) * rng.uniform(0.9, 1.05)
    return _array(_image(page).filter(ImageFilter.GaussianBlur(radius))), f"blur{radius:.2f}"


def noise(page: Grey, amount: float, _size: int, rng: random.Random) -> tuple[Grey, str]:
    """Grain of the sensor."""
    deviation = 14 + 70 * amount
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, deviation, page.shape)
    return np.clip(page + grain.astype(np.float32), 0, 255), f"noise{deviation:.0f}"


def specks(page: Grey, amount: float, _size: int, rng: random.Random) -> tuple[Grey, str]:
    """Dust: dark and white dots of a few pixels."""
    share = 0.0002 + 0.0014 * amount
    draws = np.random.default_rng(rng.getrandbits(32))
    out = page.copy()
    for value in (20.0, 255.0):
        ys, xs = (draws.integers(0, n - 2, int(share * page.size / 4)) for n in page.shape)
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            out[ys + dy, xs + dx] = value
    return out, f"specks{share:.4f}"


def jpeg(page: Grey, amount: float, size: int, _rng: random.Random) -> tuple[Grey, str]:
    """Strong compression of a page made small first."""
    quality = round(30 - 24 * amount)
    image = _image(page)
    factor = min(1.0, (19 - 6 * amount) / size)
    image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BOX)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return _array(Image.open(buffer).convert("L")), f"jpeg{quality}"


def skew(page: Grey, amount: float, _size: int, rng: random.Random) -> tuple[Grey, str]:
    """A page laid down askew."""
    angle = rng.choice((-1, 1)) * (0.3 + 1.5 * amount)
    image = _image(page).rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return _array(image), f"skew{angle:.1f}"


def _morph(page: Grey, strength: float, pick: Callable[..., Grey]) -> Grey:
    padded = np.pad(page, 1, mode="edge")
    height, width = page.shape
    near = [padded[y : y + height, x : x + width] for y, x in ((0, 1), (1, 0), (1, 1), (1, 2), (2, 1))]
    return (1 - strength) * page + strength * pick(np.stack(near), axis=0)


def thin(page: Grey, amount: float, size: int, _rng: random.Random) -> tuple[Grey, str]:
    """Too little ink: strokes wear away."""
    strength = (0.35 + 0.6 * amount) * size / 34
    out = page
    for _ in range(math.ceil(strength)):
        out = _morph(out, min(1.0, strength), np.max)
        strength -= 1
    return out, "thin"


def thick(page: Grey, amount: float, size: int, _rng: random.Random) -> tuple[Grey, str]:
    """Too much ink: strokes run together and marks touch letters."""
    total = strength = (0.9 + 1.9 * amount) * size / 34
    out = page
    while strength > 0:
        out = _morph(out, min(1.0, strength), np.min)
        strength -= 1
    return out, f"thick{total:.1f}px"


def threshold(page: Grey, amount: float, size: int, rng: random.Random) -> tuple[Grey, str]:
    """A photocopy: blurred a little, then black or white at a level that is too light or too dark."""
    # Strokes of thin types break up soon below the middle.
    level = 128 + (20 + 58 * amount if rng.random() < 0.5 else -5 - 38 * amount)
    soft = _array(_image(page).filter(ImageFilter.GaussianBlur(size * 0.03)))
    return np.where(soft < level, 0, 255).astype(np.float32), f"threshold{level:.0f}"


def bleed(page: Grey, amount: float, size: int, _rng: random.Random) -> tuple[Grey, str]:
    """The other side of thin paper shines through, and the paper is grey."""
    share = 0.18 + 0.42 * amount
    other = np.roll(page[:, ::-1], (round(size * 0.7), size * 3), axis=(0, 1))
    other = _array(_image(other).filter(ImageFilter.GaussianBlur(size * 0.04)))
    return np.clip(page * 0.9 + 20 - share * (255 - other), 0, 255), f"bleed{share:.2f}"


# In the order in which they befall a page: ink and paper, optics, sensor, file.
DAMAGE = (bleed, thin, thick, skew, blur, noise, specks, low_resolution, threshold, jpeg)


def make_page(key: str, text: str, severity: float, most: int = 3) -> tuple[Grey, str, str]:
    """A spoilt page of the paragraph, its font and size, and the names of the damage done.

    Parameters: ``key``, the seed; ``severity``, from 0 (light) to about 1 (heavy);
    ``most``, how many kinds of damage at most.
    """
    rng = random.Random(f"ocrfix own set {key}")
    name, package, file = rng.choice(FONTS)
    size = rng.randint(28, 44)
    font = load_font(package, file, size)
    page = set_page(text, font, rng.choice((30, 36, 42, 56, 68, 84)), rng.random() < 0.6)
    kinds = rng.sample(range(len(DAMAGE)), rng.choice((1, 1, 2, 2, 3)))[:most]
    done = []
    for kind in sorted(kinds):
        page, label = DAMAGE[kind](page, severity / math.sqrt(len(kinds)), size, rng)
        done.append(label)
    return page, f"{name} {size}px", "+".join(done)


def read_page(page: Grey) -> str:
    """What Tesseract reads; line ends kept, blank lines and the final line end taken away."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        _image(page).save(file.name)
        command = ["tesseract", file.name, "-", "-l", "vie", "--psm", "6"]
        run = subprocess.run(command, capture_output=True, check=True)
    lines = run.stdout.decode("utf-8").replace("\f", "").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def word_error(gold: str, ocr: str) -> float:
    return Levenshtein.distance(gold.split(), ocr.split()) / len(gold.split())


def make_row(key: str, category: str, gold: str) -> dict[str, object]:
    """One line of ocr.jsonl."""
    severity = random.Random(f"severity {key}").uniform(0.2, 1.0)
    most = 3
    for attempt in range(TRIES):
        page, font, damage = make_page(key, gold, severity, most)
        ocr = read_page(page)
        wer = word_error(gold, ocr)
        if wer > MAX_WER:
            severity *= 0.72
            most = 3 if attempt < 2 else 1
        elif wer == 0:
            severity = severity * 1.2 + 0.15
        else:
            break
    plain = normalise(ocr)
    return {
        "id": key,
        "category": category,
        "engine": "tesseract",
        "font": font,
        "degradation": damage,
        "gold": gold,
        "ocr": ocr,
        "cer": round(Levenshtein.distance(gold, plain) / len(gold), 5),
    }


def main(argv: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--paragraphs", type=Path, default=HERE / "own" / "paragraphs.txt")
    parser.add_argument("--out", type=Path, default=HERE / "own" / "ocr.jsonl")
    parser.add_argument("--every", type=int, default=1, help="only each n-th paragraph, to try settings")
    args = parser.parse_args(None if argv is None else list(argv))
    rows = []
    for key, category, text in read_paragraphs(args.paragraphs)[:: args.every]:
        for page in PAGES:
            row = make_row(f"{key}-{page}", category, text)
            rows.append(row)
            wer = word_error(text, str(row["ocr"]))
            print(f"{row['id']:18} {wer:6.1%} {row['font']:28} {row['degradation']}", file=sys.stderr)
    with args.out.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
