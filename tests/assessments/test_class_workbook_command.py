"""`manage.py class_workbook`: rehearse without writing, the template, a class written back."""

import json

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from assessments.services import load_book, rehearse_for
from organization.loading import SHIPPED_UNITS, directory_from_file
from tests.assessments.story import office, take_in
from tests.samples import DATA, expected, workbook


def rehearse(capsys, path, *more):
    """The command's exit code and what it printed."""
    try:
        call_command("class_workbook", str(path), "--rehearse", "--json", *more)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(capsys.readouterr().out)


def contents():
    """A checksum of every table."""
    sums = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM "{table}" t')
            sums[table] = cursor.fetchone()
    return sums


@pytest.mark.parametrize("name", ["clean", "untidy"])
def test_a_good_workbook_has_no_errors_and_writes_nothing(own_database, capsys, name):
    before = contents()
    code, said = rehearse(capsys, DATA / f"class_{name}.xlsx")
    assert (code, said["errors"]) == (0, [])
    assert contents() == before


def test_the_planted_faults_are_found_and_nothing_else(own_database, capsys):
    office()
    before = contents()
    code, said = rehearse(capsys, DATA / "class_faulty.xlsx")
    assert code == 2
    found = sorted((fault["sheet"], fault["row"], fault["code"]) for fault in said["errors"])
    assert found == sorted((fault["sheet"], fault["row"], fault["kind"]) for fault in expected("faulty")["faults"])
    for fault in said["errors"]:
        assert set(fault) == {"sheet", "row", "column", "found", "message", "code", "follows"}
        assert all(set(follower) == set(fault) for follower in fault["follows"])
    assert contents() == before


def test_a_rehearsal_runs_where_the_database_refuses_every_write(own_database, capsys, monkeypatch):
    """Positive control: inside the rehearsal's transaction a write fails."""
    import assessments.management.commands.class_workbook as command
    from organization.models import Account

    def write_something(*args, **kwargs):
        Account.objects.create(username="intruder")

    monkeypatch.setattr(command, "rehearse_for", write_something)
    with pytest.raises(Exception, match="read-only transaction"):
        rehearse(capsys, DATA / "class_clean.xlsx")
    assert not Account.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "空"), (b"just text", "xlsx"), (workbook("clean")[:5000], "损坏|不完整|xlsx")],
    ids=["empty", "text", "truncated"],
)
def test_b08_what_is_no_workbook_gets_a_clear_error(tmp_path, capsys, content, sentence):
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    code, said = rehearse(capsys, file)
    assert code == 2
    (fault,) = said["errors"]
    assert fault["code"] and fault["sheet"] is None
    import re

    assert re.search(sentence, fault["message"])


@pytest.mark.django_db
def test_a_missing_file_is_named():
    with pytest.raises(CommandError, match=r"无法读取 .*nirgends\.xlsx"):
        call_command("class_workbook", "nirgends.xlsx", "--rehearse")


@pytest.mark.django_db
def test_export_writes_the_class_back(tmp_path):
    known = take_in(workbook("untidy"), office())
    out = tmp_path / "out.xlsx"
    call_command("class_workbook", "--export", known.code, str(out))
    from datetime import date

    again = rehearse_for(out.read_bytes(), None, date(2026, 11, 22), directory_from_file(SHIPPED_UNITS))
    assert again.errors == ()
    assert len(again.book.roster) == len(load_book(known).roster)


@pytest.mark.django_db
def test_exporting_an_unknown_class_says_so(tmp_path):
    with pytest.raises(CommandError, match="没有编号为“无此班”的班次"):
        call_command("class_workbook", "--export", "无此班", str(tmp_path / "x.xlsx"))


@pytest.mark.django_db
def test_the_template_alone_is_not_a_class(tmp_path, capsys):
    out = tmp_path / "template.xlsx"
    call_command("class_workbook", "--template", str(out))
    capsys.readouterr()
    code, said = rehearse(capsys, out)
    assert code == 2 and said["errors"]
