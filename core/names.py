"""People's names: one written form, the (002X) that parts two people of one name, pinyin to sort and search by."""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.sheets.text import fold, invisible

_DOTS = str.maketrans(dict.fromkeys("•・‧･∙⋅", "·"))
_SUFFIX = re.compile(r"(?P<bare>.+?)\s*\(\s*(?P<suffix>[0-9]{3}[0-9Xx])\s*\)", re.DOTALL)
_AROUND_DOT = re.compile(r"\s*·\s*")
LONGEST_NAME = 100

# Readings that surnames have and other words do not; the rest is pypinyin's.
_SURNAMES = {
    "万俟": "moqi", "尉迟": "yuchi", "长孙": "zhangsun", "单于": "chanyu", "澹台": "tantai", "令狐": "linghu",
    "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "曾": "zeng", "任": "ren", "华": "hua", "朴": "piao",
    "秘": "bi", "冼": "xian", "覃": "qin", "缪": "miao", "繁": "po", "员": "yun", "乐": "yue", "盖": "ge", "召": "shao",
    "翟": "zhai", "纪": "ji", "宁": "ning", "尹": "yin", "种": "chong", "折": "she", "黑": "he", "牟": "mu", "那": "na",
    "洗": "xian", "逄": "pang", "仉": "zhang", "燕": "yan", "车": "che", "费": "fei", "薄": "bo", "卜": "bu", "隗": "wei",
    "晁": "chao", "应": "ying", "强": "qiang", "沈": "shen", "石": "shi", "贾": "jia", "俞": "yu", "瞿": "qu", "臧": "zang",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class PersonName:
    """A name as it is written in a class: `bare`, and the last four of the ID number where two people share it."""

    bare: str
    suffix: str = ""

    @property
    def label(self) -> str:
        """The name everybody writes in the class's sheets, 王伟(002X) or 王伟."""
        return f"{self.bare}({self.suffix})" if self.suffix else self.bare


def normalise(text: str) -> str:
    """Return the bare name in its one written form (CLASS_WORKBOOK.md §1).

    White space inside a name of two or three characters is no part of it (张　伟); in longer ones it is kept as one
    space. The dots of names become `·`. Hanzi are kept as they are.
    """
    words = _AROUND_DOT.sub("·", fold(text).translate(_DOTS)).split()
    joined = "".join(words)
    return joined if len(joined) <= 3 else " ".join(words)


def parse(text: str) -> PersonName:
    """Split `王伟（002X）`, brackets of either width, into the bare name and the suffix."""
    folded = fold(text)
    found = _SUFFIX.fullmatch(folded)
    if found is None:
        return PersonName(normalise(folded))
    return PersonName(normalise(found["bare"]), found["suffix"].upper())


def fault_of(text: str) -> str | None:
    """Return a sentence saying why a text cannot be a person's name, or None."""
    # Line breaks and tabs count as white space here: offices break long names inside a cell.
    hidden = [code for code in invisible(text) if code not in {"U+000A", "U+0009", "U+000D"}]
    if hidden:
        return f"含有看不见的字符（{'、'.join(hidden)}），请删去后重新输入"
    if len(text) > LONGEST_NAME:
        return f"超过 {LONGEST_NAME} 个字"
    return None


@lru_cache(maxsize=50_000)
def pinyin(name: str) -> tuple[str, str]:
    """Return (full pinyin, initials) in lower case without tones, surname readings first: 单雄 → (shanxiong, sx)."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a fifth of a second: only who needs them pays

    surname = next((s for s in (name[:2], name[:1]) if s in _SURNAMES), "")
    rest = lazy_pinyin(name[len(surname) :].replace("·", ""), style=Style.NORMAL, v_to_u=False)
    syllables = ["".join(word.lower().split()) for word in rest]
    head = _SURNAMES.get(surname, "")
    initials = _surname_initials(surname, head) + "".join(word[:1] for word in syllables)
    return head + "".join(syllables), initials


def _surname_initials(surname: str, head: str) -> str:
    if len(surname) < 2:
        return head[:1]
    from pypinyin import lazy_pinyin

    # The second syllable of a double surname reads as anywhere: 万俟 is the exception, q either way.
    return head[:1] + ("q" if surname == "万俟" else lazy_pinyin(surname)[1][:1])
