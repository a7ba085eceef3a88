"""Words of closed lists: ethnic groups (GB 3304), political status (GB 4762), post levels (GB/T 12407), ranks, and what
offices write for them."""

from core.sheets.text import key
from trainees.rules.levels import POST_LEVELS, RANKS

ETHNIC_GROUPS = tuple(
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 "
    "达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 "
    "珞巴 基诺".split()
)
ETHNIC_WORDS = tuple(f"{word}族" for word in ETHNIC_GROUPS)
POLITICAL_WORDS = (
    "中共党员", "中共预备党员", "共青团员", "民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员", "致公党党员",
    "九三学社社员", "台盟盟员", "无党派人士", "群众",
)  # fmt: skip
LEVEL_WORDS = (*POST_LEVELS, "科员级", "办事员级")
_POLITICAL = {
    "党员": "中共党员",
    "预备党员": "中共预备党员",
    "团员": "共青团员",
    "无党派": "无党派人士",
    "无党派民主人士": "无党派人士",
}
_LEVELS = {
    f"{turn}{short}": f"{whole}{turn}职"
    for short, whole in (("部级", "省部级"), ("厅级", "厅局级"), ("局级", "厅局级"), ("处级", "县处级"), ("科级", "乡科级"))
    for turn in ("正", "副")
} | {"科员": "科员级", "办事员": "办事员级", "一般干部": "科员级"}  # fmt: skip


def _known(words: tuple[str, ...], more: dict[str, str]) -> dict[str, str]:
    return {key(word): word for word in words} | {key(word): meant for word, meant in more.items()}


KNOWN = {
    "ethnic_group": _known(ETHNIC_WORDS, {word: f"{word}族" for word in ETHNIC_GROUPS}),
    "political_status": _known(POLITICAL_WORDS, _POLITICAL),
    "post_level": _known(LEVEL_WORDS, _LEVELS),
    "rank": _known(RANKS, {}),
}
"""By attribute: what may be written, and the word of the list that is meant."""
