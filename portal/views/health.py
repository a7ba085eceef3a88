"""What a supervisor asks: alive, and ready to work."""

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 while the database or the cache does not answer; says which, nothing more."""
    checks = {"database": _database_answers(), "cache": _cache_answers()}
    return JsonResponse(
        {"status": "ok" if all(checks.values()) else "unavailable"} | checks,
        status=200 if all(checks.values()) else 503,
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("ready")
    except (OSError, ConnectionError):
        return False
    except Exception as error:  # redis' own errors derive from neither; what it is does not matter here
        return not type(error).__module__.startswith("redis")
    return True
