"""The cast of every story: department staff, class manager, liaison, trainee, leader, the administrators, a stranger.

Two cities stand side by side: 云岭 is the story's, 望江 is the stranger's, and holds the same things. Everybody in
望江 and everything of it carries a name that nobody in 云岭 has, so that a page that shows it is found out.
"""

from dataclasses import dataclass, field
from datetime import date

import pytest

from assessments.services import confirm_results, score_class
from core.names import pinyin
from organization.models import Account, Unit
from organization.roles import Role
from reports.models import Document
from tests import factories as make
from trainees.models import Cadre
from training.models import ClassRole, Enrolment, TrainingClass


@dataclass
class City:
    """One city: its units, its people, one class with results confirmed and documents issued, one with drafts."""

    word: str
    root: Unit
    school: Unit
    bureau: Unit
    office: Unit
    sibling: Unit
    accounts: dict[str, Account] = field(default_factory=dict)
    cadres: list[Cadre] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    training_class: TrainingClass = field(init=False)
    open_class: TrainingClass = field(init=False)
    open_enrolment: Enrolment = field(init=False)

    def __getattr__(self, name: str) -> Account:
        """`city.liaison` is the account of that part."""
        try:
            return self.__dict__["accounts"][name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Cast:
    """The story's city and the stranger's."""

    yunling: City
    wangjiang: City


PEOPLE = {
    "云岭": ("司马清扬", "欧阳致远", "沈若溪"),
    "望江": ("慕容望舒", "诸葛望北", "夏侯望南"),
}
PARTS = {
    "staff": ("顾云舟", Role.STAFF, "root"),
    "manager": ("韩朝雪", Role.SCHOOL, "school"),
    "liaison": ("方立言", Role.LIAISON, "bureau"),
    "sibling_liaison": ("白承泽", Role.LIAISON, "sibling"),
    "leader": ("高远山", Role.LEADER, "root"),
    "system_admin": ("沙静波", Role.SYSTEM_ADMIN, "root"),
    "security_admin": ("安守正", Role.SECURITY_ADMIN, "root"),
    "audit_admin": ("纪明察", Role.AUDIT_ADMIN, "root"),
    "disabled": ("旧时月", Role.STAFF, "root"),
}


def build_units(word: str) -> City:
    """The smallest tree that has a sibling and a child unit."""
    code = pinyin(word)[1].upper()
    kind, level = Unit.Kind, Unit.Level
    root = make.unit(code, f"中共{word}市委组织部", kind=kind.ORGANIZATION_DEPARTMENT)
    school = make.unit(f"{code}DX", f"中共{word}市委党校", root, kind=kind.PARTY_SCHOOL)
    bureau = make.unit(f"{code}01", f"{word}市史志研究中心", root)
    office = make.unit(f"{code}0101", f"{word}市史志研究中心编研科", bureau, level=level.COUNTY)
    sibling = make.unit(f"{code}02", f"{word}市园林管理处", root)
    return City(word, root, school, bureau, office, sibling)


def build_accounts(city: City) -> None:
    """One account per part; usernames carry the city's letters, names in 望江 the city's first character."""
    letters = pinyin(city.word)[1]
    for part, (name, role, where) in PARTS.items():
        shown = name if city.word == "云岭" else f"望{name[1:]}"
        who = make.account(f"{letters}_{part}", shown, unit=getattr(city, where), is_active=part != "disabled")
        make.grant(who, role, getattr(city, where))
        city.accounts[part] = who
    for part, name in (
        ("assessor", "平正言"),
        ("trainee", "司马学员"),
        ("other_trainee", "欧阳学员"),
        ("approver", "准假处长"),
    ):
        shown = name if city.word == "云岭" else f"望{name[1:]}"
        city.accounts[part] = make.account(f"{letters}_{part}", shown, unit=city.bureau)


def build_people(city: City) -> None:
    places = (city.bureau, city.sibling, city.office)
    accounts = (city.accounts["trainee"], city.accounts["other_trainee"], None)
    for name, where, who in zip(PEOPLE[city.word], places, accounts, strict=True):
        city.cadres.append(make.cadre(name, where, city.root, account=who))


def build_class(city: City) -> None:
    """Three trainees, four half-days, marks, entries, both exams, confirmed results, issued documents."""
    one = make.training_class(city.root, f"{city.word}市2026年第一期干部综合研修班", f"{city.word}-2026-01")
    city.training_class = one
    name_for(city, one)
    city.enrolments += [make.enrolment(one, person, place) for place, person in enumerate(city.cadres, 1)]
    sessions = [make.session(one, number) for number in range(4)]
    for who in city.enrolments:
        make.mark(who, sessions[0])
        make.entry(who, "课堂互动", "2", f"{who.roster_name}主动发言")
        make.entry(who, "加分项", "2", f"{who.roster_name}承担接待任务")
    make.exams(one, city.enrolments, ["96", "88", "80"])
    make.assessment(one)
    make.satisfaction(one)
    confirm_results(one, actor=city.accounts["staff"])
    build_documents(city, one)


def build_open_class(city: City) -> None:
    """A class of one trainee whose results are drafts yet."""
    days = {"start": date(2026, 5, 11), "end": date(2026, 5, 15)}
    one = make.training_class(city.root, f"{city.word}市2026年第二期干部专题研修班", f"{city.word}-2026-02", **days)
    city.open_class = one
    name_for(city, one)
    city.open_enrolment = make.enrolment(one, city.cadres[0], 1)
    make.session(one, 0)
    make.exams(one, [city.open_enrolment], ["90"])
    make.assessment(one)
    score_class(one, actor=city.accounts["staff"])


def name_for(city: City, one: TrainingClass) -> None:
    make.class_role(city.accounts["manager"], one)
    make.class_role(city.accounts["assessor"], one, ClassRole.Kind.ASSESSOR)


def build_documents(city: City, one: TrainingClass) -> None:
    kinds = Document.Kind
    letters = {"letter": city.bureau, "sibling_letter": city.sibling, "office_letter": city.office}
    for place, (name, where) in enumerate(letters.items(), 1):
        title = f"关于反馈{where.name}学员培训情况的函"
        city.documents[name] = make.document(one, kinds.LETTER, place, title, unit=where)
    for place, who in enumerate(city.enrolments, 11):
        title = f"{who.roster_name}考核结果单"
        city.documents[f"sheet_{place - 10}"] = make.document(
            one, kinds.SHEET, place, title, unit=who.unit, enrolment=who
        )
    city.documents["bulletin"] = make.document(one, kinds.BULLETIN, 21, f"{one.name}综合通报", unit=city.root)


def build_city(word: str) -> City:
    city = build_units(word)
    build_accounts(city)
    build_people(city)
    build_class(city)
    build_open_class(city)
    make.approver(city.root, "office", city.accounts["approver"])
    return city


@pytest.fixture
def files_in_memory(settings) -> None:
    """Stored files stay in memory and are gone with the test."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}


@pytest.fixture
def yunling(cast: Cast) -> City:
    return cast.yunling


@pytest.fixture
def wangjiang(cast: Cast) -> City:
    return cast.wangjiang
