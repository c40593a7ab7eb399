"""Halves of sentences: the assignment against brute force, the weights, and what goes with what."""

from __future__ import annotations

import time
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrfix.config import Config
from ocrfix.detectors._joins_assignment import LARGEST, assign
from ocrfix.detectors._joins_features import (
    NAMES,
    OWN,
    Pair,
    Shape,
    class_of,
    features,
    rival_rows,
    whole_rows,
)
from ocrfix.detectors._joins_fit import Fit, fits, openness
from ocrfix.detectors._joins_initial import best_initials, is_sure
from ocrfix.detectors._joins_lines import lines_of
from ocrfix.detectors._joins_pairs import pairs_of, shapes_of
from ocrfix.detectors._joins_topics import Topics
from ocrfix.detectors._joins_units import units_of
from ocrfix.detectors._joins_weights import load_weights, write_weights
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Span

FERRY = (
    "Từ sáng sớm, hàng trăm người đã đứng chờ ở bến đò để sang sông, ai cũng mang theo gạo, mắm và",
    "quần áo ấm gửi cho bà con vùng lũ. Đến trưa, chuyến đò thứ mười cập bến an toàn.",
)
SCHOOL = (
    "Năm học này, nhà trường mở thêm hai lớp bán trú, bữa ăn của các em do cô giáo và phụ huynh cùng",
    "chuẩn bị theo thực đơn từng tuần. Các em tăng cân đều, đi học chuyên cần hơn trước.",
)


def units(text):
    lines = lines_of(Document(text))
    return units_of(lines, [Span(i, i + 1) for i in range(len(lines))], text)


def brute(scores):
    lefts = sorted({i for i, _ in scores})
    rights = sorted({j for _, j in scores}) + [None] * len(lefts)
    return max(
        sum(max(0.0, scores.get((i, j), 0.0)) for i, j in zip(lefts, chosen, strict=True))
        for chosen in permutations(rights, len(lefts))
    )


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(4, 7)), st.floats(-3, 9, allow_nan=False), max_size=12
    )
)
def test_assignment_is_the_best_one(scores):
    chosen = assign(scores)
    assert len({i for i, _ in chosen}) == len(chosen) == len({j for _, j in chosen})
    assert all(scores[pair] > 0 for pair in chosen)
    if scores:
        assert sum(scores[pair] for pair in chosen) == pytest.approx(brute(scores))


def test_assignment_of_many_takes_no_long_time():
    size = 20 * LARGEST
    scores = {(i, size + i + k): 5.0 - k for i in range(size) for k in range(4)}
    start = time.process_time()
    chosen = assign(scores)
    assert time.process_time() - start < 2
    assert chosen == {(i, size + i) for i in range(size)}


def test_every_weight_has_its_feature():
    found = units("\n\n".join(FERRY))
    language = Context().language
    shape = shapes_of(found, language)[0]
    weights = load_weights()
    own = features(found, 0, 1, Fit(1.0, 1.0), shape)
    assert tuple(own) == OWN
    assert {*own, "always"} == set(weights.glance)
    both = own | Topics(found, language).features(0, 1)
    assert {*both, "always"} == set(weights.alone)
    (pair,) = pairs_of(found, set(), language)
    ((_, values, _),) = rival_rows(found, [pair], {0: shape})
    assert (*both, *values, "near", "blocks") == NAMES == weights.network.names
    ((row,), _) = whole_rows(found, [pair], [both], {0: shape})
    assert len(row) == len(NAMES)
    assert class_of(found, pair) == "near small"
    for kind in weights.thresholds:
        for strong in (True, False):
            safe, unsafe = weights.threshold(kind, strong=strong)
            assert safe > unsafe
    assert isinstance(shape, Shape)


def test_words_speak_for_the_text_that_they_come_from():
    found = units("\n\n".join((*FERRY, *SCHOOL)))
    topics = Topics(found, Context().language)
    assert topics.told(3, [2]) > topics.told(3, [0, 1])
    assert topics.told(1, []) == topics.told(1, [1]) == topics.told(1, [-1, 9]) == 0.0


def test_words_at_a_seam_that_stand_together_elsewhere():
    blocks = ["Hôm qua, Ban giám", "hiệu đã họp.", "Ban giám hiệu trường cảm ơn.", "Mưa to, Ban giám,"]
    topics = Topics(units("\n\n".join(blocks)), Context().language)
    near, long = topics.echoes(0, 1)
    assert near > 0.0
    assert long == 1.0
    assert topics.echoes(3, 1) == (0.0, 0.0)
    assert topics.echoes(1, 2) == (0.0, 0.0)


def test_a_rest_is_left_to_the_half_that_has_no_other():
    # The heading fits the rest a little better, but needs none.
    found = units("\n\n".join((FERRY[0], "Tin trong xã", FERRY[1])))
    shapes = shapes_of(found, Context().language)
    pairs = [
        Pair(0, 2, Fit(2.0, 5.0), False, True, alone=0.0),
        Pair(1, 2, Fit(2.0, 5.0), False, False, alone=0.5),
    ]
    shares = [values["matched"] for _, values, _ in rival_rows(found, pairs, shapes)]
    assert shares[0] > 1.0
    assert shares[1] < 0.0


def test_openness_is_what_the_fit_says():
    language = Context().language
    pairs = [FERRY, SCHOOL, ("Tin vắn", "Sáng nay trời mưa.")]
    ends = openness([left for left, _ in pairs], language)
    assert ends == pytest.approx([fit.open for fit in fits(pairs, language)], abs=1e-5)


def repaired(*blocks, unsafe=False):
    from ocrfix import clean

    return clean("\n\n".join(blocks), Config(select=("JOI",), unsafe=unsafe)).text.split("\n\n")


MARKET = (
    "Chợ nổi họp từ lúc trời mờ sương. Ghe xuồng chở trái cây, rau củ từ các nhà vườn quanh vùng nối đuôi",
    "nhau về đậu kín một khúc sông. Khách đi chợ nổi chọn trái cây ngay trên ghe.",
)
CLINIC = (
    "Trạm y tế xã vừa được xây lại. Mỗi sáng, các bác sĩ ở đây khám và cấp thuốc miễn phí cho hàng chục bệnh",
    "nhân nghèo, phần lớn là người già. Trạm y tế còn cử bác sĩ đến tận nhà.",
)


def test_columns_that_alternate():
    after = repaired(
        "Bến đò mùa lũ",
        "Nước sông lên nhanh từ đêm qua.",
        MARKET[0],
        "Trạm xá giữa đồi chè",
        "Trạm nằm cách thị trấn hơn mười cây số.",
        CLINIC[0],
        MARKET[1],
        "Chiều xuống, nước bắt đầu rút.",
        CLINIC[1],
        "Cuối năm, trạm được tặng bằng khen.",
    )
    assert " ".join(MARKET) in after
    assert " ".join(CLINIC) in after
    assert after.index(" ".join(MARKET)) < after.index(" ".join(CLINIC))


def test_the_rest_stands_many_blocks_further_on():
    between = [f"Xã thứ {n} đã hoàn thành việc gieo cấy trước ngày mười lăm." for n in range(3, 12)]
    after = repaired("Tin trong tỉnh", FERRY[0], *between, FERRY[1])
    assert after == ["Tin trong tỉnh", " ".join(FERRY), *between]


def test_a_headline_takes_no_rest_from_further_down():
    blocks = [
        "Đội bóng làng thắng trận chung kết",
        "Trận đấu diễn ra chiều qua trên sân đình.",
        "và trao giải cho hai đội.",
    ]
    assert repaired(*blocks) == blocks


def test_a_paragraph_without_its_first_letter_is_no_rest():
    after = repaired(
        "Người dân xã đảo đón nước ngọt về tận nhà sau nhiều năm chờ đợi",
        "Công trình hoàn thành hôm qua.",
        "heo lãnh đạo huyện, đường ống dài hơn mười cây số đã nối đến từng thôn.",
    )
    assert after[0].endswith("chờ đợi")
    assert after[2].startswith("Theo lãnh đạo huyện")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("hát huy kết quả đã đạt được", "phát"),
        ("rong những năm qua, tỉnh đã", "trong"),
        ("goài ra, tỉnh còn hỗ trợ vốn", "ngoài"),
        ("ài liệu lưu trữ cho biết chỉ có một", "tài"),
    ],
)
def test_the_letter_that_is_missing(text, word):
    language = Context().language
    (best,) = best_initials([text], language)
    assert best is not None
    assert best.word == word
    assert is_sure(best, language)


@pytest.mark.parametrize("text", ["người dân trong xã đã", "", "12 hộ nghèo", "được hỗ trợ vốn vay"])
def test_nothing_is_missing(text):
    (best,) = best_initials([text], Context().language)
    assert not is_sure(best, Context().language)


def test_initials_of_many_texts_are_those_of_each():
    language = Context().language
    texts = ["hát huy kết quả", "12 hộ", "rong những năm qua", "xyz"]
    assert best_initials(texts, language) == [best_initials([t], language)[0] for t in texts]
    assert best_initials([], language) == []


def test_weights_are_read_as_they_were_written(tmp_path, monkeypatch):
    from ocrfix.detectors import _joins_weights

    weights = load_weights()
    write_weights(tmp_path / "seams.json", weights, "thử")
    monkeypatch.setattr(_joins_weights, "data_path", lambda *_: tmp_path / "seams.json")
    read = load_weights.__wrapped__()
    assert (read.glance, read.alone, read.thresholds) == (weights.glance, weights.alone, weights.thresholds)
    write_weights(tmp_path / "again.json", read, "thử")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "seams.json").read_bytes()


def test_blocks_never_move_over_what_goes_on_right_below():
    # As read from a bad page: one paragraph in three blocks, with a stain behind the second.
    blocks = [
        "Xã đã mời hai đơn vị thi công vào khảo sát tuyến kênh dài bốn cây số ở cánh đồng phía đông. Cả hai",
        "đơn vị đều cam kết nếu được giao việc thì sẽ tự .",
        "nguyện bỏ vốn làm trước, không yêu cầu xã phải trả lãi trong thời gian thi công.",
    ]
    words = " ".join(blocks).replace(" .", "").split()
    assert " ".join(repaired(*blocks)).replace(" .", "").split() == words
    assert " ".join(repaired(*blocks, unsafe=True)).replace(" .", "").split() == words


def test_a_finished_paragraph_of_a_quotation_takes_no_rest():
    blocks = [
        'Trên trang cá nhân, chị viết: "Mọi người bảo nghề này nhàn hạ, thực tế không hề như vậy',
        'Thật buồn khi nghe những lời ấy. Ai từng thức trắng đêm mới hiểu".',
    ]
    assert repaired(*blocks) == blocks


def test_a_headline_takes_no_rest_whose_first_half_is_missing():
    blocks = [
        "Vụ cháy kho vải: Tạm dừng ba cơ sở bên cạnh",
        "Rạng sáng nay, kho vải ở cuối khu phố bốc cháy dữ dội, khói bao trùm cả một vùng.",
        "Người dân sống gần đó đã mang bình chữa cháy ra dập lửa nhưng không thành.",
        "cho xe cứu hỏa vòng lối sau vào dập lửa, đến trưa thì đám cháy được dập tắt.",
        "Nguyên nhân vụ cháy đang được làm rõ.",
    ]
    assert repaired(*blocks) == blocks
