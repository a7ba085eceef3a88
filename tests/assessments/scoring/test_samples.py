"""The samples give what CLASS_WORKBOOK.md §3 says, to the last cent; *.expect.json comes from another program."""

from decimal import Decimal

import pytest

from assessments.scoring.compute import compute
from tests.assessments.scoring.samples import load

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["clean", "untidy"])
def test_every_number_of_a_sample_to_the_last_cent(name):
    sample = load(name)

    (scores,) = compute([sample.rows.training_class.pk])

    assert scores.places == sample.expected["places"]
    assert scores.basis.total_hours == Decimal(sample.expected["total_hours"])
    got = {one.enrolment_id: one for one in scores.trainees}
    for row in sample.expected["results"]:
        one = got[sample.people[row["name"]].pk]
        assert {key: str(one.points[key]) for key in row["items"]} == row["items"], row["name"]
        assert (str(one.base), str(one.bonus), str(one.total)) == (row["base"], row["bonus"], row["total"])
        assert (one.grade, one.rank, one.candidate) == (row["grade"], row["rank"], "是" if row["candidate"] else "")
        assert (one.leave_hours, one.attended_hours) == (Decimal(row["leave_hours"]), Decimal(row["attended_hours"]))
        assert one.entry_score == (row["entry"] and Decimal(row["entry"])), row["name"]
        assert one.final_score == (row["final"] and Decimal(row["final"])), row["name"]
    assert len(got) == len(sample.expected["results"]) == sample.expected["trainees"]
