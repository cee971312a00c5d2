"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from cpl.admin import dashboard
from notifications.portal import wishes
from sec_portal import health, metrics

# The plain admin login walks past the second factor; allauth's does not.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
dashboard.install()
# Wide tables want the whole page.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path(
        "admin/cpl/candidates/",
        RedirectView.as_view(pattern_name="admin:cpl_candidate_changelist", query_string=True),
    ),
    path("admin/", admin.site.urls),
    # An account's address is changed by staff, who make the accounts; its owner changes the rest.
    path("account/email/", RedirectView.as_view(pattern_name="account_change_password")),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("portal/", include("notifications.portal.urls")),
    path("portal/", include("cpl.portal.urls")),
    path("unsubscribe/<str:token>/", wishes.end, name="end_subscription"),
    path("api/v1/", include("cpl.api.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("cpl.public.urls")),
]
