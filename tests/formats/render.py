"""Set two pages and read them with Tesseract: hOCR, ALTO, and hOCR with letters.

    apt-get install tesseract-ocr tesseract-ocr-vie fonts-dejavu
    pip install pillow
    python tests/formats/render.py

Made with Tesseract 5.3.0. The pages are coarse on purpose, so that some words are misread.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype/dejavu")
PAGES = {
    "trang-1.png": (
        "Xã Tân Lập thêm một trạm bơm",
        [
            [
                (
                    "Sáng qua, Ủy ban nhân dân xã Tân Lập khánh thành trạm bơm điện bên kênh Bắc, chấm dứt "
                    "cảnh tát nước bằng tay của hơn hai trăm hộ trồng lúa."
                ),
                "Theo kế hoạch, vụ mùa này toàn xã sẽ gieo thẳng 320 ha, tăng 45 ha so với năm ngoái.",
            ],
            [
                (
                    "Chị Phạm Thị Lựu ở thôn Đoài kể: “Mọi năm cứ tháng hai là cả nhà thay nhau thức đêm "
                    "canh nước. Giờ chỉ cần nghe loa báo giờ là ra mở cửa ruộng”."
                ),
                "Hợp tác xã đã cử bốn người học cách vận hành máy & bảo dưỡng định kỳ.",
            ],
        ],
    ),
    "trang-2.png": (
        "Lớp học xóa mù chữ ở bản Nà Lốc",
        [
            [
                (
                    "Cứ chập tối, tiếng đánh vần lại vang lên từ nhà sinh hoạt cộng đồng của bản. Lớp có hai "
                    "mươi ba học viên, người ít tuổi nhất mười chín."
                ),
                (
                    "Cô giáo cắm bản cho biết phần lớn học viên nữ phải dắt theo con nhỏ, nên nhà trường nhờ "
                    "đoàn thanh niên trông trẻ giúp."
                ),
            ],
            [
                "Sau bốn tháng, mười tám người đã đọc được báo và tự viết đơn vay vốn.",
                "Bản đặt mục tiêu đến cuối năm không còn ai dưới bốn mươi tuổi không biết chữ.",
            ],
        ],
    ),
}


def page(head: str, columns: list[list[str]]) -> Image.Image:
    """A page of two columns, scanned too coarsely."""
    font = ImageFont.truetype(str(FONTS / "DejaVuSerif.ttf"), 26)
    title = ImageFont.truetype(str(FONTS / "DejaVuSerif-Bold.ttf"), 40)
    image = Image.new("L", (1240, 820), 255)
    draw = ImageDraw.Draw(image)
    draw.text((80, 60), head, font=title, fill=0)
    for number, paragraphs in enumerate(columns):
        x, y = 80 + number * 580, 160
        for paragraph in paragraphs:
            line = ""
            for word in [*paragraph.split(), ""]:
                longer = f"{line} {word}".strip()
                if word and font.getlength(longer) <= 510:
                    line = longer
                    continue
                draw.text((x, y), line, font=font, fill=0)
                line, y = word, y + 40
            y += 34
    small = image.resize((image.width * 2 // 5, image.height * 2 // 5), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def main() -> None:
    """Write the files."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    with tempfile.TemporaryDirectory() as folder:
        for name, (head, columns) in PAGES.items():
            page(head, columns).save(Path(folder) / name)
        (Path(folder) / "pages.txt").write_text("\n".join(PAGES))
        head = page(PAGES["trang-2.png"][0], [])
        head.crop((0, 0, 1240, 160)).save(Path(folder) / "tieu-de.png")
        for arguments in (
            ["pages.txt", "tesseract", "-l", "vie", "hocr", "alto"],
            ["tieu-de.png", "tesseract-letters", "-l", "vie", "-c", "hocr_char_boxes=1", "hocr"],
        ):
            subprocess.run(["tesseract", *arguments], cwd=folder, env=environment, check=True)
        for name in ("tesseract.hocr", "tesseract.xml", "tesseract-letters.hocr"):
            (HERE / name).write_bytes((Path(folder) / name).read_bytes())


if __name__ == "__main__":
    main()
