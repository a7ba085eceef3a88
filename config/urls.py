"""The portal's addresses: pages by role, and the web admin of department staff."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("portal.urls")),
]
