"""Right articles to learn from in tests: village news, made of parts."""

from __future__ import annotations

from random import Random

PLACES = ("ấp Đông", "ấp Tây", "xóm Chùa", "xóm Đình", "thôn Hạ", "thôn Thượng", "bến Cũ", "bến Mới")
DEEDS = (
    "sửa con đê",
    "đào thêm mương",
    "trồng hàng cây",
    "dựng nhà văn hóa",
    "nuôi tôm",
    "cấy giống lúa mới",
)
WEATHER = ("mưa dầm", "nắng gắt", "gió bấc về sớm", "nước lớn", "sương muối", "lũ về muộn")


def articles(count, seed=4):
    """Articles of twelve paragraphs; a heading or two in each, and now and then a list that counts up."""
    rng = Random(seed)
    found = []
    for number in range(count):
        place, deed = rng.choice(PLACES), rng.choice(DEEDS)
        rows = [f"Chuyện {deed} ở {place} năm {1990 + number % 30}"]
        for month in range(1, 13):
            other, sky, far = rng.choice(DEEDS), rng.choice(WEATHER), rng.choice(PLACES)
            if month % 4 == 0:
                rows.append(f"Việc thứ {month // 4}" if number % 2 else "Lời người dân")
            rows.append(
                f"Tháng {month}, gặp lúc {sky}, bà con {place} rủ nhau {deed}, ai có sức góp sức, ai có tiền "
                f"góp {rng.randint(20, 900)} nghìn đồng, còn người {far} thì cho mượn máy và cử thêm "
                f"{rng.randint(3, 40)} lao động. Đến cuối tháng, trưởng thôn báo tin việc {other} cũng đã "
                f"xong trước mùa mưa, cả {rng.randint(50, 300)} hộ đều mừng."
            )
        found.append(rows)
    return found


def written(path, rows):
    """The articles as a file of right text has them, a paragraph a line and a form feed between two."""
    path.write_text("\n\f\n".join("\n".join(paragraphs) for paragraphs in rows) + "\n", "utf-8")
    return path
