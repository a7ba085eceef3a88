"""Words that invented names are made of. Nobody real is meant: given names are literary words set together by chance."""

from portal.demo.dice import Dice

SURNAMES = "赵钱孙周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐薛雷贺倪汤"
DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "慕容", "令狐", "尉迟", "单于")
FIRST = {"男": "致景承修怀知行云望明书砚松柏立守允泽", "女": "若清静婉书知语念思映听采疏雨月素含令"}
SECOND = {"男": "远舟川野岳衡峤谦和言渊澍屿珩铭", "女": "溪竹兰岚薇苒宁笙荷芷棠絮澜素禾英"}

# Written as offices write them: dots, rare characters of the newer planes, characters that many fonts lack.
MINORITIES = (
    ("古丽娜尔·艾山江", "女", "维吾尔族"), ("迪里夏提·库尔班江", "男", "维吾尔族"), ("叶尔江·巴合提汗", "男", "哈萨克族"),
    ("扎西云登", "男", "藏族"), ("央金梅朵", "女", "藏族"), ("苏日娜", "女", "蒙古族"), ("巴图格日勒", "男", "蒙古族"),
    ("阿牛木呷", "男", "彝族"), ("吉克阿依莫", "女", "彝族"), ("韦丽棠", "女", "壮族"), ("罗甲秀", "女", "苗族"),
    ("朴善姬", "女", "朝鲜族"), ("岩温扁", "男", "傣族"), ("马依禾", "女", "回族"), ("佟砚屿", "男", "满族"), ("向听澜", "女", "土家族"),
)  # fmt: skip
RARE = (
    ("龚䶮舟", "男"), ("刘𬭎", "男"), ("张㛃", "女"), ("周玥镕", "女"), ("陈堃屿", "男"), ("王喆珺", "女"), ("赵祎", "女"), ("孙犇", "男"),
    ("吴翀昇", "男"), ("郑垚彧", "男"),
)  # fmt: skip


def invented_name(chance: Dice, sex: str) -> str:
    """A name of two or three hanzi, now and then with a double surname."""
    surname = chance.choice(DOUBLE_SURNAMES) if chance.random() < 0.03 else chance.choice(SURNAMES)
    given = chance.choice(SECOND[sex])
    if chance.random() < 0.88:
        given = chance.choice(FIRST[sex]) + given
    return surname + given
