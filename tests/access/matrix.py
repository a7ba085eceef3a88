"""Who may open what: one table, read by people and by test_matrix.py.

A row is an address of the portal. `ok` names the columns that get the row's `code`; `forbidden` those that are in scope
but not allowed (403, with a sentence); everybody else does not find it (404). Nobody and the disabled account are sent
to the sign-in (302), unless the row is open. The admin's rows are made by rule: model × page × what the role may do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from organization.models import Unit
from tests.cast import City

STRANGERS = ("stranger_staff", "stranger_manager")
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
OUTSIDE = ("nobody", "disabled")
SIGNED_IN = (
    "staff", "manager", "assessor", "liaison", "sibling_liaison", "trainee", "other_trainee", "leader",
    "approver",
    *ADMINISTRATORS, *STRANGERS,
)  # fmt: skip
COLUMNS = (*OUTSIDE, *SIGNED_IN)
CLASS_DOOR = "staff manager assessor leader"
LEARNERS = "trainee other_trainee"
ALL = " ".join(SIGNED_IN)

Arguments = Callable[[City], list[Any]]


@dataclass(frozen=True)
class Row:
    """One address: its name, how its object is found, and what each column gets."""

    name: str
    arguments: Arguments = lambda city: []
    ok: str = ""
    forbidden: str = ""
    code: int = 200
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    open: bool = False
    prepared_by: str = ""

    def expected(self, column: str) -> int:
        if self.open:
            return self.code
        if column in OUTSIDE:
            return 302
        if column in self.ok.split():
            return self.code
        return 403 if column in self.forbidden.split() else 404


def one_class(city: City) -> list[Any]:
    return [city.training_class.pk]


def a_session_of(city: City) -> list[Any]:
    """A session of the class, the first, which has marks."""
    one = city.training_class
    return [one.pk, one.sessions.order_by("date", "period")[0].pk]


def a_draft_session(city: City) -> list[Any]:
    """A session without marks, in a class whose results are drafts yet."""
    one = city.open_class
    return [one.pk, one.sessions.order_by("-date", "-period")[0].pk]


def open_class(city: City) -> list[Any]:
    return [city.open_class.pk]


def one_cell(city: City) -> list[Any]:
    who = city.enrolments[0]
    return [who.training_class_id, who.pk, who.marks.get().session_id]


def enrolment(city: City) -> list[Any]:
    return [city.enrolments[0].pk]


def one_cadre(city: City) -> list[Any]:
    return [city.cadres[0].pk]


def a_cadre(city: City) -> list[Any]:
    return [city.cadres[0].pk]


def open_enrolment(city: City) -> list[Any]:
    return [city.open_enrolment.pk]


def paper(name: str) -> Arguments:
    return lambda city: [city.documents[name].pk]


def prepared(name: str) -> Arguments:
    """An object that `prepared_by` has made for the row, or the list of an address's objects."""

    return lambda city: listed(city.__dict__[name])


def listed(one: Any) -> list[Any]:
    return one if isinstance(one, list) else [one]


def ledger_of(year: int) -> Arguments:
    """A year of the city's ledger: scope is the authority's place in the tree, no row of people's data."""
    return lambda city: [city.root.pk, year]


REASON = {"reason": "会议纪要第三号"}
UPLOADERS = "staff manager stranger_staff stranger_manager"
NOT_UPLOADERS = " ".join(set(SIGNED_IN) - set(UPLOADERS.split()))
FOREIGN_TO_CATALOGUE = " ".join(set(NOT_UPLOADERS.split()))
CLASS_LISTERS = f"{CLASS_DOOR} stranger_staff stranger_manager"
NOT_CLASS_LISTERS = " ".join(set(SIGNED_IN) - set(CLASS_LISTERS.split()))
PERSON_DOOR = "staff leader liaison sibling_liaison stranger_staff"
NOT_PERSON_DOOR = " ".join(set(SIGNED_IN) - set(PERSON_DOOR.split()))

STAFF = "staff stranger_staff"
FOLLOWERS = f"{STAFF} liaison sibling_liaison"
NOT_FOLLOWERS = " ".join(set(SIGNED_IN) - set(FOLLOWERS.split()))
NOT_STAFF = " ".join(set(SIGNED_IN) - set(STAFF.split()))
NOT_LEARNERS = " ".join(set(SIGNED_IN) - set(LEARNERS.split()))
LEAVE_DECIDERS = "staff manager approver stranger_staff stranger_manager"
NOT_LEAVE_DECIDERS = " ".join(set(SIGNED_IN) - set(LEAVE_DECIDERS.split()))

CORRECTORS = "staff manager stranger_staff stranger_manager"
NOT_CORRECTORS = " ".join(set(SIGNED_IN) - set(CORRECTORS.split()))

LEDGER_KEEPERS = "staff stranger_staff"
NOT_LEDGER_KEEPERS = " ".join(set(SIGNED_IN) - set(LEDGER_KEEPERS.split()))
RULE_READERS = "staff leader liaison sibling_liaison stranger_staff"
NOT_RULE_READERS = " ".join(set(SIGNED_IN) - set(RULE_READERS.split()))
STATEMENT_READERS = "staff liaison sibling_liaison leader stranger_staff"

LIAISONS = "liaison sibling_liaison"
VETTERS = f"staff stranger_staff {LIAISONS}"
NOT_VETTERS = " ".join(set(SIGNED_IN) - set(VETTERS.split()))

ROWS = (
    Row("sign_in", open=True),
    Row("healthz", open=True),
    Row("readyz", open=True),
    Row("verify", lambda city: [city.documents["letter"].token], open=True),
    Row("sign_out", ok=ALL, code=302, method="post"),
    Row("password_change", ok=ALL),
    Row("confirm", ok=ALL),
    Row("second_factor", ok=ALL, code=302),
    Row("second_factor_set_up", ok=ALL),
    Row("sessions", ok=ALL),
    Row("session_end", prepared("session"), ok="liaison", code=302, method="post", prepared_by="a_session"),
    Row("styleguide", ok=ALL),
    Row("search", ok=ALL, query="?q=s"),
    Row("search_number", ok=ALL, method="post", data={"number": "999001198506120019"}),
    # why something is seen: everybody for themselves; the object is found in scope only
    Row("why", ok=ALL),
    Row("why", ok=ALL, query="?kind=class&thing=研修班"),
    Row("why", ok=ALL, query="?kind=cadre&thing=xhwn"),
    # lists
    Row("class_list", ok=CLASS_LISTERS, forbidden=NOT_CLASS_LISTERS),
    Row("class_list_export", ok=CLASS_LISTERS, forbidden=NOT_CLASS_LISTERS),
    # one class: county staff, the named manager and assessors, leaders' figures; a trainee is told where to look
    Row("class_page", one_class, ok=CLASS_DOOR, forbidden=LEARNERS),
    Row("class_results", one_class, ok=CLASS_DOOR, forbidden=LEARNERS),
    Row("class_satisfaction", one_class, ok=CLASS_DOOR, forbidden=LEARNERS),
    Row("class_roster", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_groups", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_roster_export", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_files", one_class, ok="staff manager leader", forbidden=f"assessor {LEARNERS}"),
    Row("class_export", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_zip", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_summary_csv", one_class, ok="staff manager assessor", forbidden=f"leader {LEARNERS}"),
    Row("class_summary_xlsx", one_class, ok="staff manager assessor", forbidden=f"leader {LEARNERS}"),
    # a class moves on: closed by whoever keeps it, opened again and cancelled by the department
    Row("class_close", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302, method="post",
        data={"seen": 1}),
    Row("class_unclosed", ok=CLASS_LISTERS, forbidden=NOT_CLASS_LISTERS),
    Row("class_unclosed_export", ok=CLASS_LISTERS, forbidden=NOT_CLASS_LISTERS),
    Row("class_closing", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_hours_export", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_no_shows", open_class, ok="staff manager", forbidden="assessor leader trainee", code=302, method="post",
        data={**REASON, "seen": 0}, prepared_by="stayed_away"),
    # a mark of a closed class: asked for by whoever keeps the roster, decided by another of the department
    Row("correction_ask", one_cell, ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302,
        method="post", data={**REASON, "seen": 1, "mark": "sick"}, prepared_by="closed"),
    Row("correction_list", ok=CORRECTORS, forbidden=NOT_CORRECTORS),
    Row("correction_page", prepared("correction"), ok="staff manager", prepared_by="a_correction"),
    Row("correction_approve", prepared("correction"), ok="staff", forbidden="manager", code=302, method="post",
        data={"seen": 1}, prepared_by="a_correction"),
    Row("correction_return", prepared("correction"), ok="staff", forbidden="manager", code=302, method="post",
        data={**REASON, "seen": 1}, prepared_by="a_correction"),
    Row("correction_withdraw", prepared("correction"), ok="manager", forbidden="staff", code=302, method="post",
        data={"seen": 1}, prepared_by="a_correction"),
    Row("class_reopen", one_class, ok="staff", forbidden=f"manager assessor leader {LEARNERS}", code=302, method="post",
        data={**REASON, "seen": 1}, prepared_by="closed"),
    Row("class_cancel", one_class, ok="staff", forbidden=f"manager assessor leader {LEARNERS}", code=302, method="post",
        data={**REASON, "seen": 1}, prepared_by="running"),
    # the timetable: read inside, written by whoever keeps the roster, printed for trainees too
    Row("class_timetable", one_class, ok=CLASS_DOOR, forbidden=LEARNERS),
    Row("timetable_print", one_class, ok=f"{CLASS_DOOR} {LEARNERS}"),
    Row("session_add", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("timetable_copy", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("session_edit", a_session_of, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("session_move", a_draft_session, ok="staff manager", forbidden="assessor leader trainee", code=302,
        method="post", data={"seen": 1, "date": "2026-05-13", "period": 3}),
    Row("session_remove", a_draft_session, ok="staff manager", forbidden="assessor leader trainee", code=302,
        method="post", data={"seen": 1}),
    # attendance: by whoever keeps the roster, until the class is closed; assessors and leaders see no marks
    Row("class_attendance", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("attendance_changes", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("attendance_history", one_cell, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("attendance_now", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("machine_upload", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("machine_rehearsal", prepared("machine"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}",
        prepared_by="machine_list"),
    Row("machine_confirm", prepared("machine"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302,
        method="post", prepared_by="machine_list"),
    Row("attendance_marks", open_class, ok="staff manager", forbidden="assessor leader trainee", code=400, method="post"),
    # activities: read inside, kept by whoever keeps the roster
    Row("class_activities", one_class, ok=CLASS_DOOR, forbidden=LEARNERS),
    Row("activity_add", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("election_add", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("activity", prepared("activity"), ok=CLASS_DOOR, forbidden="trainee", prepared_by="an_activity"),
    Row("activity_edit", prepared("activity"), ok="staff manager", forbidden="assessor leader trainee",
        prepared_by="an_activity"),
    Row("activity_cancel", prepared("activity"), ok="staff manager", forbidden="assessor leader trainee", code=302,
        method="post", data={**REASON, "seen": 1}, prepared_by="an_activity"),
    Row("activity_award", prepared("activity"), ok="staff manager", forbidden="assessor leader trainee", code=404,
        method="post", data={"item": 0}, prepared_by="an_activity"),
    Row("activity_file_add", prepared("activity"), ok="staff manager", forbidden="assessor leader trainee", code=400,
        method="post", prepared_by="an_activity"),
    Row("activity_file", prepared("activity_paper"), ok=CLASS_DOOR, forbidden="trainee", prepared_by="an_activity"),
    # sign-in slips: by whoever keeps the roster, while the class is worked with; the file only to who ordered it
    Row("class_slips", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("slips_order", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302, method="post"),
    Row("slips_take", prepared("slips"), ok="manager", forbidden=f"staff assessor leader {LEARNERS}", method="post",
        prepared_by="slip_sheet"),
    # leave: kept by whoever keeps the roster, asked for by the trainee, decided by those who are asked, in order
    Row("class_leaves", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("class_leaves_export", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("leave_enter", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("leave_override", open_enrolment, ok="staff", forbidden="manager assessor leader liaison trainee", code=302,
        method="post", data={**REASON, "seen": 1}),
    Row("my_leaves", ok=LEARNERS, forbidden=NOT_LEARNERS),
    Row("leave_new", enrolment, ok="trainee", forbidden="staff manager assessor leader liaison"),
    Row("leave_inbox", ok=LEAVE_DECIDERS, forbidden=NOT_LEAVE_DECIDERS),
    Row("leave_page", prepared("leave"), ok="staff manager trainee approver", prepared_by="a_leave"),
    Row("leave_proof", prepared("leave"), ok="staff manager trainee approver", prepared_by="a_leave"),
    Row("leave_decide", prepared("leave"), ok="approver", forbidden="staff manager trainee", code=302, method="post",
        data={"granted": "yes", "accept_over": "on", "seen": 2}, prepared_by="a_leave"),
    Row("leave_withdraw", prepared("leave"), ok="staff manager trainee", forbidden="approver", code=302, method="post",
        data={"seen": 2}, prepared_by="a_leave"),
    Row("leave_remind", prepared("leave"), ok="staff manager trainee", forbidden="approver", code=302, method="post",
        prepared_by="a_leave"),
    # what has begun is not the trainee's to cancel; coming back is
    Row("leave_cancel", prepared("leave"), ok="staff manager", forbidden="trainee approver", code=302, method="post",
        data={**REASON, "seen": 3}, prepared_by="a_granted_leave"),
    Row("leave_return", prepared("leave"), ok="staff manager trainee", forbidden="approver", code=302, method="post",
        data={"seen": 3}, prepared_by="a_granted_leave"),
    # what is done with results and documents
    Row("class_drafts", open_class, ok="staff manager", forbidden="assessor leader trainee", code=302, method="post"),
    Row("results_show", open_class, ok="staff manager assessor", forbidden="leader trainee", code=302, method="post"),
    Row("results_confirm", open_class, ok="staff assessor", forbidden="manager leader trainee", code=302, method="post"),
    Row("results_amend", one_class, ok="staff assessor", forbidden=f"manager leader {LEARNERS}", code=302, method="post",
        data=REASON, prepared_by="late_entry"),
    # one trainee's points: the class door and the trainee; a liaison and a leader see the outcome elsewhere
    Row("result_detail", enrolment, ok="staff manager assessor trainee", forbidden="liaison leader"),
    Row("result_candidate", open_enrolment, ok="staff assessor", forbidden="manager", code=302, method="post",
        data={**REASON, "chosen": "yes", "seen": 1}, prepared_by="tie"),
    Row("result_leave", open_enrolment, ok="staff", forbidden="manager assessor", code=302, method="post",
        data={**REASON, "seen": 1}),
    # documents: letters follow the unit, sheets the trainee, bulletins the leader
    Row("document_download", paper("letter"), ok="staff manager liaison"),
    Row("document_download", paper("office_letter"), ok="staff manager liaison"),
    Row("document_download", paper("sibling_letter"), ok="staff manager sibling_liaison"),
    Row("document_download", paper("sheet_1"), ok="staff manager trainee"),
    Row("document_download", paper("sheet_2"), ok="staff manager other_trainee"),
    Row("document_download", paper("bulletin"), ok="staff manager leader"),
    Row("batch_progress", prepared("batch"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}",
        prepared_by="a_batch"),
    # a stored file's address opens for one account in one session, whoever else holds it (tests/access/test_files.py)
    Row("file", lambda city: ["handed:over"]),
    # people by the person door: each role by its own columns
    Row("cadre_list", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR),
    Row("cadre_list", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR, query="?q=xhwn&status=serving&sort=-unit"),
    Row("cadre_list_export", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR),
    # awards, appointments, exemptions as tables: the department's
    Row("cadre_table", lambda city: ["awards"], ok=STAFF, forbidden=NOT_STAFF),
    Row("cadre_table", lambda city: ["appointments"], ok=STAFF, forbidden=NOT_STAFF),
    Row("cadre_table", lambda city: ["exemptions"], ok=STAFF, forbidden=NOT_STAFF, query="?q=smqy&sort=-unit"),
    Row("cadre_table_export", lambda city: ["appointments"], ok=STAFF, forbidden=NOT_STAFF),
    Row("cadre_table_template", lambda city: ["exemptions"], ok=STAFF, forbidden=NOT_STAFF),
    Row("cadre_table_upload", lambda city: ["awards"], ok=STAFF, forbidden=NOT_STAFF),
    Row("cadre_table_import", lambda city: ["awards"], ok=STAFF, forbidden=NOT_STAFF, code=400, method="post"),
    # a city's roster: the department's, for its own area
    Row("roster_upload", ok="staff stranger_staff", forbidden=NOT_STAFF),
    Row("roster_template", ok="staff stranger_staff", forbidden=NOT_STAFF),
    Row("roster_page", prepared("roster"), ok="staff", prepared_by="a_roster"),
    Row("roster_progress", prepared("roster"), ok="staff", prepared_by="a_roster"),
    Row("roster_report", prepared("roster"), ok="staff", prepared_by="a_roster"),
    Row("roster_confirm", prepared("roster"), ok="staff", code=302, method="post", prepared_by="a_roster"),
    # the catalogue: kept by those who make timetables
    Row("catalogue", lambda city: ["courses"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue", lambda city: ["teachers"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue", lambda city: ["rooms"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue_export", lambda city: ["courses"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue_add", lambda city: ["teachers"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue_upload", lambda city: ["rooms"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue_template", lambda city: ["rooms"], ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("catalogue_import", lambda city: ["rooms"], ok=UPLOADERS, forbidden=NOT_UPLOADERS, code=400, method="post"),
    Row("catalogue_entry", prepared("entry"), ok="staff manager", forbidden=FOREIGN_TO_CATALOGUE,
        prepared_by="a_course"),
    Row("course_version", prepared("course"), ok="staff manager", forbidden=FOREIGN_TO_CATALOGUE, code=302,
        method="post", data={"since": "2099-01-01", "hours": "2"}, prepared_by="a_course"),
    # checking in: opened and watched by whoever keeps the roster; the wall and the feed have addresses that nobody guesses;
    # a code on the wall lets in those of the class alone; what a remembered phone opens stands in test_devices.py
    Row("class_check_ins", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("check_in", prepared("check_in"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}", prepared_by="a_check_in"),
    Row("check_in_live", prepared("check_in"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}",
        prepared_by="a_check_in"),
    Row("check_in_open", prepared("check_in"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302,
        method="post", data={"opens": "00:00", "late_from": "00:01", "closes": "23:59"}, prepared_by="a_check_in"),
    Row("check_in_end", prepared("check_in"), ok="staff manager", forbidden=f"assessor leader {LEARNERS}", code=302,
        method="post", prepared_by="a_check_in"),
    Row("check_in_scan", prepared("scan"), ok=LEARNERS, forbidden=" ".join(set(SIGNED_IN) - set(LEARNERS.split())),
        prepared_by="a_check_in"),
    Row("wall", prepared("wall"), open=True, prepared_by="a_check_in"),
    Row("wall_now", prepared("wall"), open=True, prepared_by="a_check_in"),
    Row("today", ok=ALL),
    Row("device_remember", ok=ALL, code=302, method="post"),
    Row("calendar_add", ok=ALL, method="post"),
    Row("device_end", prepared("device"), ok="liaison", code=302, method="post", prepared_by="a_device"),
    Row("calendar", prepared("feed"), open=True, prepared_by="a_device"),
    # a cadre's moves: by who manages them; who sees the person otherwise is told so
    Row("cadre_move", one_cadre, ok="staff", forbidden="liaison leader trainee"),
    Row("cadre_status", one_cadre, ok="staff", forbidden="liaison leader trainee"),
    Row("cadre_merge", one_cadre, ok="staff", forbidden="liaison leader trainee"),
    Row("cadre_verify", one_cadre, ok="staff", forbidden="liaison leader trainee", code=302, method="post",
        data={"seen": 1}),
    # one cadre's archive: the department and the person see all of it, liaison and leader their part; what is made of it
    # is for who asked
    Row("cadre", a_cadre, ok="staff liaison leader trainee"),
    Row("my_archive", ok=LEARNERS, forbidden=NOT_LEARNERS, code=302),
    Row("cadre_papers", a_cadre, ok="staff trainee", forbidden="liaison leader", code=302, method="post",
        data={"kind": "booklet"}),
    Row("cadre_data", lambda city: [*a_cadre(city), "json"], ok="staff trainee", forbidden="liaison leader"),
    Row("cadre_data", lambda city: [*a_cadre(city), "xlsx"], ok="staff trainee", forbidden="liaison leader"),
    Row("award_add", a_cadre, ok="staff", forbidden="liaison leader trainee"),
    Row("award_edit", prepared("award"), ok="staff", forbidden="liaison leader trainee", prepared_by="an_award"),
    Row("award_remove", prepared("award"), ok="staff", forbidden="liaison leader trainee", code=302, method="post",
        data={**REASON, "seen": 1}, prepared_by="an_award"),
    Row("archive_papers", ok=ALL),
    Row("archive_paper", prepared("archive_paper"), ok="staff", prepared_by="an_archive_paper"),
    Row("archive_zip", ok="staff", prepared_by="an_archive_paper"),
    Row("unit_booklets", lambda city: [city.bureau.pk], ok="staff", code=302, method="post",
        forbidden=f"liaison leader {' '.join(ADMINISTRATORS)}"),
    Row("work_add", enrolment, ok="staff manager trainee", forbidden="assessor leader liaison"),
    Row("work_take", prepared("work"), ok="staff manager assessor trainee", prepared_by="a_work"),
    Row("work_withdraw", prepared("work"), ok="staff manager trainee", forbidden="assessor", code=302, method="post",
        prepared_by="a_work"),
    # afterwards: the trainee's own; the unit confirms and answers for the superior; the department closes
    Row("my_afterwards", ok=LEARNERS, forbidden=NOT_LEARNERS),
    Row("report_back_file", enrolment, ok="trainee", forbidden="staff manager assessor leader liaison"),
    Row("report_backs", ok=FOLLOWERS, forbidden=NOT_FOLLOWERS),
    Row("report_back", prepared("report_back"), ok="staff manager liaison trainee", prepared_by="a_report_back"),
    Row("report_back_confirm", prepared("report_back"), ok="staff liaison", forbidden="manager trainee",
        code=302, method="post", data={"seen": 1}, prepared_by="a_report_back"),
    Row("report_back_return", prepared("report_back"), ok="staff liaison", forbidden="manager trainee",
        code=302, method="post", data={**REASON, "seen": 1}, prepared_by="a_report_back"),
    Row("class_afterwards", one_class, ok="staff manager", forbidden=f"assessor leader {LEARNERS}"),
    Row("follow_ups", ok=FOLLOWERS, forbidden=NOT_FOLLOWERS),
    Row("follow_up_export", ok=FOLLOWERS, forbidden=NOT_FOLLOWERS),
    Row("follow_up", prepared("follow_up"), ok="staff liaison", forbidden="manager trainee",
        prepared_by="a_follow_up"),
    Row("follow_up_answer", prepared("follow_up"), ok="trainee", forbidden="staff manager liaison",
        prepared_by="a_follow_up"),
    Row("follow_up_superior", prepared("follow_up"), ok="staff liaison", forbidden="manager trainee",
        prepared_by="a_follow_up"),
    # 学习任务: the person door; each sees the people of their own area
    Row("duties", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR),
    Row("duties", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR, prepared_by="duties_of_everybody"),
    Row("duties_export", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR),
    Row("duties_appraisal", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR),
    Row("duty_people", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR, prepared_by="duties_of_everybody"),
    Row("duty_people_export", ok=PERSON_DOOR, forbidden=NOT_PERSON_DOOR, prepared_by="duties_of_everybody"),
    # virtual on-line classes: kept by the department, read by leaders, looked after by who is named
    Row("online_classes", ok=f"{STAFF} leader", forbidden=" ".join(set(NOT_STAFF.split()) - {"leader"})),
    Row("online_make", ok=STAFF, forbidden=NOT_STAFF),
    Row("online_class", prepared("online_class"), ok="staff leader manager", prepared_by="an_online_class"),
    Row("online_export", prepared("online_class"), ok="staff leader manager", prepared_by="an_online_class"),
    Row("online_office", prepared("online_class"), ok="staff", forbidden="leader manager", prepared_by="an_online_class"),
    Row("online_learners_add", prepared("online_class"), ok="staff", forbidden="leader manager",
        prepared_by="an_online_class"),
    Row("online_learner_remove", prepared("online_learner"), ok="staff", forbidden="leader manager", code=302,
        method="post", prepared_by="an_online_class"),
    Row("online_remind", prepared("online_class"), ok="staff manager", forbidden="leader", code=302, method="post",
        data=REASON, prepared_by="an_online_class"),
    Row("exemptions", ok=STAFF, forbidden=NOT_STAFF, prepared_by="an_exemption"),
    Row("exemptions_export", ok=STAFF, forbidden=NOT_STAFF, prepared_by="an_exemption"),
    Row("exemption_add", a_cadre, ok="staff", forbidden="liaison leader trainee"),
    Row("exemption_revoke", prepared("exemption"), ok="staff", forbidden="trainee", code=302,
        method="post", data={**REASON, "seen": 1}, prepared_by="an_exemption"),
    Row("exemption_proof", prepared("exemption"), ok="staff", forbidden="trainee",
        prepared_by="an_exemption"),
    # personnel forms hold ID numbers: the department takes them in
    Row("personnel_forms", ok=STAFF, forbidden=NOT_STAFF),
    Row("personnel_form", prepared("personnel_form"), ok="staff", forbidden=NOT_STAFF, prepared_by="a_personnel_form"),
    # the ledger's years: the department's; statements go to the liaison's unit and the leader's area too
    Row("ledger_years", ok=LEDGER_KEEPERS, forbidden=NOT_LEDGER_KEEPERS),
    Row("ledger_year", ledger_of(2025), ok="staff", forbidden=NOT_LEDGER_KEEPERS),
    Row("ledger_close", ledger_of(2025), ok="staff", forbidden=NOT_LEDGER_KEEPERS, code=302, method="post",
        data={"typed": "2025年结账"}),
    Row("ledger_act", prepared("act"), ok="staff", prepared_by="an_act"),
    Row("ledger_release", prepared("frozen_year"), ok="staff", forbidden=NOT_LEDGER_KEEPERS, code=302, method="post",
        data=REASON, prepared_by="a_frozen_year"),
    Row("ledger_people_export", ledger_of(2025), ok="staff", forbidden=NOT_LEDGER_KEEPERS),
    Row("ledger_late_export", ledger_of(2025), ok="staff", forbidden=NOT_LEDGER_KEEPERS),
    Row("statements", ok=STATEMENT_READERS, forbidden=" ".join(set(SIGNED_IN) - set(STATEMENT_READERS.split()))),
    Row("statements_zip", ledger_of(2025), ok="staff", forbidden=NOT_LEDGER_KEEPERS, prepared_by="a_closed_year"),
    Row("recompute", ledger_of(2026), ok="staff", forbidden=NOT_LEDGER_KEEPERS),
    Row("recompute_rehearse", ledger_of(2026), ok="staff", forbidden=NOT_LEDGER_KEEPERS, code=302, method="post"),
    Row("recomputation", prepared("recomputation"), ok="staff", forbidden=NOT_LEDGER_KEEPERS,
        prepared_by="a_recomputation"),
    Row("recomputation_export", prepared("recomputation"), ok="staff", forbidden=NOT_LEDGER_KEEPERS,
        prepared_by="a_recomputation"),
    # the rules: read by those who answer for people, written by the department
    Row("rules", lambda city: ["credits"], ok=RULE_READERS, forbidden=NOT_RULE_READERS),
    Row("rules", lambda city: ["requirements"], ok=RULE_READERS, forbidden=NOT_RULE_READERS),
    Row("rules_version", prepared("credit_rules"), ok="staff leader liaison sibling_liaison", forbidden=NOT_RULE_READERS,
        prepared_by="some_rules"),
    Row("rules_version", prepared("requirement_rules"), ok="staff leader liaison sibling_liaison", forbidden=NOT_RULE_READERS,
        prepared_by="some_rules"),
    Row("rules_new", lambda city: ["credits", city.root.pk], ok="staff", forbidden=f"{NOT_RULE_READERS} leader liaison sibling_liaison"),
    Row("rules_new", lambda city: ["requirements", city.root.pk], ok="staff",
        forbidden=f"{NOT_RULE_READERS} leader liaison sibling_liaison"),
    # outside learning: filed by the cadre or the liaison, vetted by the unit, confirmed by the department; leaders read hours
    Row("my_recognitions", ok=LEARNERS, forbidden=NOT_LEARNERS),
    Row("recognition_new", ok=LEARNERS, forbidden=NOT_LEARNERS),
    Row("recognition_list", ok=VETTERS, forbidden=NOT_VETTERS),
    Row("recognition_export", ok=VETTERS, forbidden=NOT_VETTERS),
    Row("recognition_file", ok=LIAISONS, forbidden=" ".join(set(SIGNED_IN) - set(LIAISONS.split()))),
    Row("recognition_vet", ok=VETTERS, forbidden=NOT_VETTERS, code=400, method="post"),
    Row("recognition_return", ok=VETTERS, forbidden=NOT_VETTERS, code=400, method="post"),
    Row("recognition_confirm", ok="staff stranger_staff", code=400, method="post",
        forbidden=" ".join(set(SIGNED_IN) - {"staff", "stranger_staff"})),
    Row("recognition_page", prepared("filing"), ok="staff liaison trainee", forbidden="leader", prepared_by="a_filing"),
    Row("recognition_page", prepared("filing"), ok="staff liaison trainee", forbidden="leader",
        prepared_by="a_confirmed_filing"),
    Row("recognition_page", prepared("filing"), ok="staff liaison trainee", forbidden="leader", prepared_by="a_double"),
    Row("recognition_proof", prepared("filing_proof"), ok="staff liaison trainee", forbidden="leader",
        prepared_by="a_filing"),
    Row("recognition_again", prepared("filing"), ok="liaison trainee", forbidden="staff leader",
        prepared_by="a_returned_filing"),
    Row("recognition_withdraw", prepared("filing"), ok="trainee", forbidden="staff liaison leader", code=302,
        method="post", data={"seen": 1}, prepared_by="a_filing"),
    Row("recognition_double", prepared("filing"), ok="staff liaison", forbidden="trainee leader", code=302,
        method="post", data={"seen": 1, "say": "apart", "reason": "上下两期，内容不同"}, prepared_by="a_double"),
    Row("recognition_revoke", prepared("filing"), ok="staff", forbidden="liaison trainee leader", code=302,
        method="post", data={**REASON, "seen": 3}, prepared_by="a_confirmed_filing"),
    # learning platforms: kept by the department; their exports brought by units; their records come with a key
    Row("platform_list", ok=VETTERS, forbidden=NOT_VETTERS),
    Row("platform_add", ok="staff stranger_staff", forbidden=" ".join(set(SIGNED_IN) - {"staff", "stranger_staff"})),
    Row("platform_edit", prepared("platform"), ok="staff", forbidden=LIAISONS, prepared_by="a_platform"),
    Row("platform_key", prepared("platform"), ok="staff", forbidden=LIAISONS, method="post", prepared_by="a_platform"),
    Row("platform_upload", prepared("platform"), ok=f"staff {LIAISONS}", prepared_by="a_platform"),
    Row("platform_rehearsal", prepared("export"), ok="staff liaison", prepared_by="an_export"),
    Row("platform_columns", prepared("export"), ok="staff liaison", prepared_by="an_export"),
    Row("platform_faults", prepared("export"), ok="staff liaison", prepared_by="an_export"),
    Row("platform_again", prepared("export"), ok="staff liaison", code=302, method="post", prepared_by="an_export"),
    Row("platform_import", prepared("export"), ok="staff liaison", code=302, method="post", prepared_by="an_export"),
    Row("platform_confirm", prepared("export"), ok="staff", forbidden="liaison", prepared_by="an_export"),
    Row("learning_records", open=True, code=401, method="post"),
    # the workbook
    Row("workbook_upload", ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("workbook_template", ok=UPLOADERS, forbidden=NOT_UPLOADERS),
    Row("workbook_rehearsal", prepared("imported"), ok="staff manager", prepared_by="an_import"),
    Row("workbook_marked", prepared("imported"), ok="staff manager", prepared_by="an_import"),
    Row("workbook_confirm", prepared("imported"), ok="staff manager", code=302, method="post", prepared_by="an_import"),
    Row("workbook_done", prepared("imported"), ok="staff manager", code=302, prepared_by="an_import"),
)  # fmt: skip

# The first page leads class managers to their list, approvers of leave to theirs, administrators to the admin.
HOME = {"approver": 302, "manager": 302, "assessor": 302, "stranger_manager": 302} | dict.fromkeys(ADMINISTRATORS, 302)

# Addresses without a name: Django's own pages that are not used, and the files' way out.
UNNAMED = {
    "admin/login/": "signed-in people without the admin get 403, nobody goes to the portal's sign-in",
    "admin/password_change/": "leads to the portal's page",
    "admin/password_change/done/": "leads home",
    "admin/r/<path:rest>": "404 for everybody",
    "admin/(?P<url>.*)$": "the admin's catch-all: 404 or the missing slash",
}

ADMIN_PAGES = ("changelist", "add", "change", "history", "delete")
OPENS_ADMIN = ("staff", "stranger_staff", *ADMINISTRATORS)
ADMIN_SHARED = {"index": 200, "jsi18n": 200}
# Rows that belong to no city: everybody with the permission finds them.
WITHOUT_SCOPE = (
    "assessments.ScoringScheme", "assessments.Item", "courses.CourseCategory", "courses.TeacherTitle", "training.Holiday",
)  # fmt: skip
# The tree of units, accounts and grants are whole for the administrators that work with them.
WHOLE_FOR = {
    "organization.Unit": ("system_admin", "security_admin"),
    "organization.Account": ("system_admin", "security_admin"),
    "organization.Grant": ("security_admin",),
    "organization.AccountSession": ("security_admin",),
    "organization.DeviceCredential": ("security_admin",),
    "organization.FactorReset": ("system_admin", "security_admin"),
    "training.ClassRole": ("security_admin",),
    "core.Batch": ("system_admin",),
    "core.AuditEntry": ("audit_admin",),
    "core.AuditSeal": ("audit_admin",),
    "core.AuditArchive": ("audit_admin",),
    "core.RowChange": ("audit_admin",),
}


def kind_of(column: str) -> str:
    """The granted role behind an admin column."""
    return "staff" if column in ("staff", "stranger_staff") else column


def root_of(city: City) -> Unit:
    return city.root
