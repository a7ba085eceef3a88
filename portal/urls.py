"""The portal's addresses. Everything asks for a sign-in but the pages on one list."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import URLPattern
from django.urls import path as django_path

from portal.devices import opens_with_device
from portal.views import (
    account,
    activities,
    attendance,
    attendance_machine,
    attendance_now,
    cadre_moves,
    cadres,
    catalogue,
    check_in,
    classes,
    devices,
    documents,
    files,
    groups,
    health,
    home,
    identity,
    leaves,
    moves,
    results,
    search,
    slips,
    timetable,
    today,
    why,
    workbook,
)

app_name = "portal"

DEVICE_PAGES = ("today", "check_in_scan")
"""What a remembered phone opens without a sign-in (SEC-05); pages that may be published outside the intranet."""
OPEN_PAGES = ("sign_in", "verify", "healthz", "readyz", "wall", "wall_now", "calendar")


def path(route: str, view: Callable[..., HttpResponse | Any], name: str) -> URLPattern:
    """An address; only those on OPEN_PAGES are open to nobody-in-particular, those on DEVICE_PAGES to a known phone."""
    if name in DEVICE_PAGES:
        return django_path(route, opens_with_device(view), name=name)
    return django_path(route, login_not_required(view) if name in OPEN_PAGES else view, name=name)


urlpatterns = [
    path("", home.home, "home"),
    path("sign-in/", account.SignIn.as_view(), "sign_in"),
    path("sign-out/", account.SignOut.as_view(), "sign_out"),
    path("password/", account.password_change, "password_change"),
    path("second-factor/", identity.second_factor, "second_factor"),
    path("second-factor/set-up/", identity.second_factor_set_up, "second_factor_set_up"),
    path("confirm/", identity.confirm, "confirm"),
    path("sessions/", identity.sessions, "sessions"),
    path("sessions/<str:key>/end/", identity.session_end, "session_end"),
    path("classes/", classes.class_list, "class_list"),
    path("classes/export/", classes.class_list_export, "class_list_export"),
    path("classes/<uuid:pk>/", classes.class_page, "class_page"),
    path("classes/<uuid:pk>/close/", moves.class_close, "class_close"),
    path("classes/<uuid:pk>/reopen/", moves.class_reopen, "class_reopen"),
    path("classes/<uuid:pk>/cancel/", moves.class_cancel, "class_cancel"),
    path("classes/<uuid:pk>/trainees/", classes.class_roster, "class_roster"),
    path("classes/<uuid:pk>/trainees/export/", classes.class_roster_export, "class_roster_export"),
    path("classes/<uuid:pk>/groups/", groups.class_groups, "class_groups"),
    path("classes/<uuid:pk>/slips/", slips.class_slips, "class_slips"),
    path("classes/<uuid:pk>/slips/order/", slips.slips_order, "slips_order"),
    path("classes/<uuid:pk>/slips/<uuid:sheet>/", slips.slips_take, "slips_take"),
    path("classes/<uuid:pk>/timetable/", timetable.class_timetable, "class_timetable"),
    path("classes/<uuid:pk>/timetable/print/", timetable.timetable_print, "timetable_print"),
    path("classes/<uuid:pk>/timetable/add/", timetable.session_add, "session_add"),
    path("classes/<uuid:pk>/timetable/copy/", timetable.timetable_copy, "timetable_copy"),
    path("classes/<uuid:pk>/timetable/<uuid:session>/", timetable.session_edit, "session_edit"),
    path("classes/<uuid:pk>/timetable/<uuid:session>/move/", timetable.session_move, "session_move"),
    path("classes/<uuid:pk>/timetable/<uuid:session>/remove/", timetable.session_remove, "session_remove"),
    path("classes/<uuid:pk>/attendance/", attendance.class_attendance, "class_attendance"),
    path("classes/<uuid:pk>/attendance/marks/", attendance.attendance_marks, "attendance_marks"),
    path("classes/<uuid:pk>/attendance/changes/", attendance.attendance_changes, "attendance_changes"),
    path(
        "classes/<uuid:pk>/attendance/<uuid:enrolment>/<uuid:session>/",
        attendance.attendance_history,
        "attendance_history",
    ),
    path("classes/<uuid:pk>/attendance/machine/", attendance_machine.machine_upload, "machine_upload"),
    path(
        "classes/<uuid:pk>/attendance/machine/<uuid:upload>/", attendance_machine.machine_rehearsal, "machine_rehearsal"
    ),
    path(
        "classes/<uuid:pk>/attendance/machine/<uuid:upload>/confirm/",
        attendance_machine.machine_confirm,
        "machine_confirm",
    ),
    path("classes/<uuid:pk>/attendance/now/", attendance_now.attendance_now, "attendance_now"),
    path("classes/<uuid:pk>/leaves/", leaves.class_leaves, "class_leaves"),
    path("classes/<uuid:pk>/leaves/export/", leaves.class_leaves_export, "class_leaves_export"),
    path("classes/<uuid:pk>/leaves/new/", leaves.leave_enter, "leave_enter"),
    path("my/leaves/", leaves.my_leaves, "my_leaves"),
    path("my/leaves/<uuid:enrolment>/new/", leaves.leave_new, "leave_new"),
    path("enrolments/<uuid:enrolment>/leave-override/", leaves.leave_override, "leave_override"),
    path("leaves/", leaves.leave_inbox, "leave_inbox"),
    path("leaves/<uuid:pk>/", leaves.leave_page, "leave_page"),
    path("leaves/<uuid:pk>/proof/", leaves.leave_proof, "leave_proof"),
    path("leaves/<uuid:pk>/decide/", leaves.leave_decide, "leave_decide"),
    path("leaves/<uuid:pk>/withdraw/", leaves.leave_withdraw, "leave_withdraw"),
    path("leaves/<uuid:pk>/cancel/", leaves.leave_cancel, "leave_cancel"),
    path("leaves/<uuid:pk>/return/", leaves.leave_return, "leave_return"),
    path("leaves/<uuid:pk>/remind/", leaves.leave_remind, "leave_remind"),
    path("classes/<uuid:pk>/activities/", activities.class_activities, "class_activities"),
    path("classes/<uuid:pk>/activities/add/", activities.activity_add, "activity_add"),
    path("classes/<uuid:pk>/activities/elections/add/", activities.election_add, "election_add"),
    path("classes/<uuid:pk>/activities/<uuid:activity>/", activities.activity, "activity"),
    path("classes/<uuid:pk>/activities/<uuid:activity>/edit/", activities.activity_edit, "activity_edit"),
    path("classes/<uuid:pk>/activities/<uuid:activity>/cancel/", activities.activity_cancel, "activity_cancel"),
    path("classes/<uuid:pk>/activities/<uuid:activity>/award/", activities.activity_award, "activity_award"),
    path("classes/<uuid:pk>/activities/<uuid:activity>/files/", activities.activity_file_add, "activity_file_add"),
    path("classes/<uuid:pk>/activities/files/<uuid:file>/", activities.activity_file, "activity_file"),
    path("classes/<uuid:pk>/results/", classes.class_results, "class_results"),
    path("classes/<uuid:pk>/results/show/", results.results_show, "results_show"),
    path("classes/<uuid:pk>/results/confirm/", results.results_confirm, "results_confirm"),
    path("classes/<uuid:pk>/results/amend/", results.results_amend, "results_amend"),
    path("classes/<uuid:pk>/results/summary.csv", results.class_summary_csv, "class_summary_csv"),
    path("classes/<uuid:pk>/results/summary.xlsx", results.class_summary_xlsx, "class_summary_xlsx"),
    path("classes/<uuid:pk>/files/", classes.class_files, "class_files"),
    path("classes/<uuid:pk>/files/drafts/", documents.class_drafts, "class_drafts"),
    path("classes/<uuid:pk>/files/all.zip", documents.class_zip, "class_zip"),
    path("classes/<uuid:pk>/satisfaction/", classes.class_satisfaction, "class_satisfaction"),
    path("classes/<uuid:pk>/workbook/", classes.class_export, "class_export"),
    path("results/<uuid:enrolment>/", results.result_detail, "result_detail"),
    path("results/<uuid:enrolment>/candidate/", results.result_candidate, "result_candidate"),
    path("results/<uuid:enrolment>/leave/", results.result_leave, "result_leave"),
    path("documents/<uuid:pk>/", documents.document_download, "document_download"),
    path("batches/<uuid:pk>/", documents.batch_progress, "batch_progress"),
    path("workbooks/", workbook.workbook_upload, "workbook_upload"),
    path("workbooks/template/", workbook.workbook_template, "workbook_template"),
    path("workbooks/<uuid:pk>/", workbook.workbook_rehearsal, "workbook_rehearsal"),
    path("workbooks/<uuid:pk>/marked/", workbook.workbook_marked, "workbook_marked"),
    path("workbooks/<uuid:pk>/confirm/", workbook.workbook_confirm, "workbook_confirm"),
    path("workbooks/<uuid:pk>/done/", workbook.workbook_done, "workbook_done"),
    path("catalogue/<str:kind>/", catalogue.catalogue_list, "catalogue"),
    path("catalogue/<str:kind>/export/", catalogue.catalogue_export, "catalogue_export"),
    path("catalogue/<str:kind>/add/", catalogue.catalogue_add, "catalogue_add"),
    path("catalogue/<str:kind>/upload/", catalogue.catalogue_upload, "catalogue_upload"),
    path("catalogue/<str:kind>/import/", catalogue.catalogue_import, "catalogue_import"),
    path("catalogue/<str:kind>/template/", catalogue.catalogue_template, "catalogue_template"),
    path("catalogue/<str:kind>/<uuid:pk>/", catalogue.catalogue_entry, "catalogue_entry"),
    path("catalogue/courses/<uuid:pk>/versions/", catalogue.course_version, "course_version"),
    # 人事变动
    path("cadres/<uuid:pk>/move/", cadre_moves.cadre_move, "cadre_move"),
    path("cadres/<uuid:pk>/status/", cadre_moves.cadre_status, "cadre_status"),
    path("cadres/<uuid:pk>/merge/", cadre_moves.cadre_merge, "cadre_merge"),
    path("cadres/<uuid:pk>/verify/", cadre_moves.cadre_verify, "cadre_verify"),
    path("cadres/", cadres.cadre_list, "cadre_list"),
    path("cadres/export/", cadres.cadre_list_export, "cadre_list_export"),
    path("search/", search.search, "search"),
    path("search/number/", search.search_number, "search_number"),
    path("why/", why.why, "why"),
    path("styleguide/", search.components, "styleguide"),
    path("d/<str:token>/", documents.verify_document, "verify"),
    path("files/<str:token>/", files.file, "file"),
    # 签到、今天、设备
    path("classes/<uuid:pk>/check-ins/", check_in.class_check_ins, "class_check_ins"),
    path("classes/<uuid:pk>/check-ins/<uuid:session>/", check_in.check_in, "check_in"),
    path("classes/<uuid:pk>/check-ins/<uuid:session>/live/", check_in.check_in_live, "check_in_live"),
    path("classes/<uuid:pk>/check-ins/<uuid:session>/open/", check_in.check_in_open, "check_in_open"),
    path("classes/<uuid:pk>/check-ins/<uuid:session>/end/", check_in.check_in_end, "check_in_end"),
    path("wall/<str:token>/", check_in.wall, "wall"),
    path("wall/<str:token>/now/", check_in.wall_now, "wall_now"),
    path("c/<str:key>/<str:code>/", check_in.check_in_scan, "check_in_scan"),
    path("today/", today.today, "today"),
    path("devices/phone/", devices.device_remember, "device_remember"),
    path("devices/calendar/", devices.calendar_add, "calendar_add"),
    path("devices/<uuid:pk>/end/", devices.device_end, "device_end"),
    path("calendar/<str:key>.ics", devices.calendar, "calendar"),
    path("healthz", health.alive, "healthz"),
    path("readyz", health.ready, "readyz"),
]
