"""Units: loading a tree, short names, former names, inherited settings."""

from datetime import date

import pytest

from organization.loading import SHIPPED_UNITS, UnitsRefused, import_units
from organization.models import Unit
from organization.preferences import preference
from organization.services import change_unit, set_preference

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    import_units(SHIPPED_UNITS)
    return Unit.objects.get(code="YL")


def test_the_shipped_tree_keeps_the_order_of_its_file(city):
    codes = list(Unit.objects.values_list("code", flat=True))
    assert codes[:3] == ["YL", "YLDX", "YL01"]
    assert codes[-3:] == ["QS", "QS01", "QS02"]
    assert Unit.objects.get(code="QX03").get_parent().code == "QX"


def test_loading_twice_changes_nothing(city):
    before = list(Unit.objects.values_list("code", "path", "name"))
    import_units(SHIPPED_UNITS)
    assert list(Unit.objects.values_list("code", "path", "name")) == before


def test_short_names_hold_inside_their_authority(city):
    town = Unit.objects.get(code="QX03").short_names.get()
    assert (town.name, town.authority.code) == ("石桥镇", "QX")


def test_a_file_with_a_fault_writes_nothing_and_names_the_row(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(
        "编码,单位名称,简称,上级编码,单位性质,层级\nA,甲市委组织部,,,组织部门,市\nB,乙局,,X,机关,市\n", "utf-8"
    )
    with pytest.raises(UnitsRefused, match="第3行.*上级编码“X”不存在"):
        import_units(file)
    assert not Unit.objects.exists()


def test_documents_print_the_name_of_their_day(city):
    unit = Unit.objects.get(code="YL01")
    unit.name = "云岭市发展改革委"
    change_unit(unit, actor=None, renamed_on=date(2026, 7, 1))
    assert unit.name_on(date(2026, 6, 30)) == "云岭市发展和改革局"
    assert unit.name_on(date(2026, 7, 1)) == "云岭市发展改革委"


def test_a_setting_is_inherited_and_the_nearest_wins_from_its_day(city):
    town = Unit.objects.get(code="QX03")
    set_preference(city, "letter_word", "云培函", date(2026, 1, 1), actor=None)
    set_preference(Unit.objects.get(code="QX"), "letter_word", "清培函", date(2026, 5, 1), actor=None)
    assert preference(town, "letter_word", date(2025, 12, 31)) == "培函"
    assert preference(town, "letter_word", date(2026, 4, 30)) == "云培函"
    assert preference(town, "letter_word", date(2026, 5, 1)) == "清培函"


def test_a_setting_of_the_wrong_type_is_refused(city):
    with pytest.raises(ValueError, match="应为文字"):
        set_preference(city, "letter_word", 3, date(2026, 1, 1), actor=None)


def test_a_kind_that_is_not_on_the_list_is_kept_as_other(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(
        "编码,单位名称,简称,上级编码,单位性质,层级\nA,甲市委组织部,,,组织部门,市\nB,甲市基金会,,A,基金会,市\n", "utf-8"
    )
    import_units(file)
    assert Unit.objects.get(code="B").kind == Unit.Kind.OTHER


def test_a_level_that_is_not_on_the_list_is_refused(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text("编码,单位名称,简称,上级编码,单位性质,层级\nA,甲市委组织部,,,组织部门,地\n", "utf-8")
    with pytest.raises(UnitsRefused, match="第2行.*“地”不是可选值"):
        import_units(file)
