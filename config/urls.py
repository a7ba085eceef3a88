"""The portal's addresses: pages by role, and the web admin of department staff."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from portal.errors import no_such_page
from portal.views.account import admin_sign_in

# The admin's own sign-in, password page and jump by content type are not used: they know neither scope nor our words.
urlpatterns = [
    path(f"{settings.ADMIN_PATH}login/", login_not_required(admin_sign_in)),
    path(f"{settings.ADMIN_PATH}password_change/", RedirectView.as_view(pattern_name="portal:password_change")),
    path(f"{settings.ADMIN_PATH}password_change/done/", RedirectView.as_view(pattern_name="portal:home")),
    path(f"{settings.ADMIN_PATH}r/<path:rest>", no_such_page),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("portal.urls")),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
