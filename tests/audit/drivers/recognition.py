"""How the events of recognition and of learning platforms come about."""

import json

from tests.audit.drivers.scene import Scene
from tests.trainees import recognition_rows as rows
from trainees.models import Platform, Recognition
from trainees.services.recognition import (
    PlatformFacts,
    add_platform,
    change_platform,
    confirm_recognitions,
    file_again,
    file_recognition,
    import_export,
    make_key,
    map_columns,
    return_recognitions,
    revoke_recognition,
    take_records,
    tell_apart,
    upload_export,
    vet_recognitions,
    withdraw_recognition,
)
from trainees.services.recognition.calls import records_of

WHY = "证明材料看不清楚"


def filed(scene: Scene) -> Recognition:
    with scene.request_of("trainee") as trainee:
        return file_recognition(scene.city.cadres[0], rows.claim(), actor=trainee)


def filed_again(scene: Scene) -> None:
    row = rows.filing(scene.city)
    return_recognitions([row.pk], actor=scene.city.liaison, reason=WHY, seen={})
    with scene.request_of("trainee") as trainee:
        file_again(row, rows.claim(), actor=trainee)


def vetted(scene: Scene) -> None:
    row = rows.filing(scene.city)
    with scene.request_of("liaison") as liaison:
        vet_recognitions([row.pk], actor=liaison, seen={}).demand_all()


def confirmed(scene: Scene) -> None:
    row = rows.filing(scene.city, by="liaison")
    with scene.request_of("staff") as staff:
        confirm_recognitions([row.pk], actor=staff, seen={}).demand_all()


def returned(scene: Scene) -> None:
    row = rows.filing(scene.city)
    with scene.request_of("liaison") as liaison:
        return_recognitions([row.pk], actor=liaison, reason=WHY, seen={}).demand_all()


def withdrawn(scene: Scene) -> None:
    row = rows.filing(scene.city)
    with scene.request_of("trainee") as trainee:
        withdraw_recognition(row, actor=trainee)


def revoked(scene: Scene) -> None:
    row = rows.confirmed(scene.city, rows.filing(scene.city))
    with scene.request_of("staff") as staff:
        revoke_recognition(row, actor=staff, reason="证书系伪造")


def told_apart(scene: Scene) -> None:
    rows.filing(scene.city)
    double = rows.filing(scene.city)
    with scene.request_of("liaison") as liaison:
        tell_apart(double, actor=liaison, reason="上下两期，内容不同")


def proof_taken(scene: Scene) -> None:
    row = rows.filing(scene.city)
    scene.get("liaison", "recognition_proof", row.pk, row.proofs.get().pk, code=302)


# ---- platforms ----


def added(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        add_platform(PlatformFacts(scene.city.root, "干部网络学院"), actor=staff)


def changed(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        change_platform(rows.platform(scene.city), PlatformFacts(scene.city.root, "新网络学院"), actor=staff)


def key_made(scene: Scene) -> None:
    with scene.request_of("staff") as staff:
        make_key(rows.platform(scene.city), actor=staff)


def columns_mapped(scene: Scene) -> None:
    data, city = rows.export([rows.line(scene.city)]), scene.city
    upload = upload_export(data, "学习记录.csv", rows.platform(city), city.bureau, actor=city.liaison)
    with scene.request_of("liaison") as liaison:
        map_columns(upload, rows.MAPPED, actor=liaison)


def rehearsed(scene: Scene) -> None:
    city, where = scene.city, rows.platform(scene.city)
    Platform.objects.filter(pk=where.pk).update(columns=rows.MAPPED)
    with scene.request_of("liaison") as liaison:
        upload_export(rows.export([rows.line(city)]), "学习记录.csv", rows.platform(city), city.bureau, actor=liaison)


def faults_taken(scene: Scene) -> None:
    scene.get("liaison", "platform_faults", rows.uploaded(scene.city).pk)


def imported(scene: Scene) -> None:
    upload = rows.uploaded(scene.city)
    with scene.request_of("liaison") as liaison:
        import_export(upload, actor=liaison)


def posted(scene: Scene) -> None:
    """A platform is nobody: no account, no session."""
    city = scene.city
    take_records(rows.platform(city), records_of(json.dumps({"records": [rows.record(city)]}).encode()))


DRIVERS = {
    "platform.add": added,
    "platform.change": changed,
    "platform.columns": columns_mapped,
    "platform.key": key_made,
    "recognition.confirm": confirmed,
    "recognition.file": (filed, "role"),
    "recognition.faults": faults_taken,
    "recognition.import": imported,
    "recognition.records": (posted, "actor request"),
    "recognition.refile": (filed_again, "role"),
    "recognition.rehearse": rehearsed,
    "recognition.return": returned,
    "recognition.revoke": revoked,
    "recognition.tell_apart": told_apart,
    "recognition.vet": vetted,
    "recognition.withdraw": (withdrawn, "role"),
}
