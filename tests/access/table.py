"""Who may do what: every address, by role. The test walks all of them; `docs/roles.md` is printed from here.

A new address is a new line here. Addresses are written as the URL configuration has them. Who may is written
as names of roles; whoever is not named gets what `ELSE` says for that part of the portal.
"""

from dataclasses import dataclass

VISITOR = "visitor"
PARTIES = ("maker", "rival", "supplier", "dcc")
STAFF = ("officer", "approver", "publisher", "auditor", "administrator")
ROLES = (VISITOR, *PARTIES, *STAFF)
GROUPS = {
    "officer": "Panel officer",
    "approver": "Approver",
    "publisher": "Publisher",
    "auditor": "Auditor",
    "administrator": "Administrator",
}

WORDS = {
    "everybody": ROLES,
    "signed-in": (*PARTIES, *STAFF),
    "staff": STAFF,
    # Who sees the register from within.
    "readers": ("officer", "approver", "auditor"),
    "deciders": ("officer", "approver"),
    "nobody": (),
}

MAY, SIGN_IN, FORBIDDEN, NOT_FOUND, REFUSED = "may", "sign in", "forbidden", "not found", "no such method"


@dataclass(frozen=True)
class Line:
    """An address, who may ask for it (GET) and who may send to it (POST). None: no such method.

    `otherwise` is what those are told who are signed in and not named; `visitors` what somebody is told who
    is not; `parties` what people of organisations are told, where that is something else.
    """

    route: str
    get: str | None
    post: str | None
    otherwise: str = FORBIDDEN
    visitors: str = SIGN_IN
    parties: str = ""

    def expected(self, role: str, method: str) -> str:
        who = self.get if method == "GET" else self.post
        if who is not None and role in named(who):
            return MAY
        if role == VISITOR:
            return self.visitors if who is not None or self.visitors == SIGN_IN else REFUSED
        if role in PARTIES and self.parties:
            return self.parties
        return REFUSED if who is None else self.otherwise


@dataclass(frozen=True)
class Rows:
    """A model in the admin: who sees its rows and their history, adds, changes and deletes them."""

    see: str
    add: str = "nobody"
    change: str = "nobody"
    delete: str = "nobody"


def named(who: str) -> tuple[str, ...]:
    """The roles in `readers, administrator`."""
    return tuple(role for word in who.split(", ") for role in WORDS.get(word, (word,)))


def portal(route: str, get: str | None, post: str | None = None) -> Line:
    """Of the portal: what is another organisation's does not exist."""
    return Line(f"portal/{route}", get, post, NOT_FOUND)


def public(route: str, *, post: bool = False) -> Line:
    return Line(route, "everybody", "everybody" if post else None, NOT_FOUND, NOT_FOUND)


def officers(route: str, get: str | None, post: str | None, otherwise: str = FORBIDDEN) -> Line:
    """Of the admin: whoever is no staff is asked to sign in as somebody who is."""
    return Line(f"admin/{route}", get, post, otherwise, parties=SIGN_IN)


def account(route: str, get: str | None, post: str | None) -> Line:
    """Of one's own account. Nobody in the sample has a second factor that could be taken off."""
    return Line(f"account/{route}", get, post, NOT_FOUND, NOT_FOUND if get == "everybody" else SIGN_IN)


MODELS: dict[str, Rows] = {
    "auth.user": Rows("auditor, administrator", add="administrator", change="administrator"),
    # Roles are given by a superuser alone.
    "auth.group": Rows("auditor, administrator"),
    "mfa.authenticator": Rows("nobody"),
    "cpl.entry": Rows("readers"),
    "cpl.certificate": Rows("readers"),
    "cpl.candidate": Rows("readers"),
    "cpl.keeping": Rows("readers"),
    "cpl.removal": Rows("readers"),
    "cpl.listimport": Rows("readers"),
    "cpl.release": Rows("readers, publisher"),
    "cpl.submission": Rows("readers"),
    "cpl.upload": Rows("readers"),
    "cpl.apitoken": Rows("readers"),
    "cpl.job": Rows("readers"),
    "cpl.party": Rows("readers, administrator", add="administrator", change="administrator"),
    "cpl.manufactureridentifier": Rows("readers, administrator", add="administrator", change="administrator"),
    "cpl.removalground": Rows("readers, administrator", add="administrator", change="administrator"),
    "applicability.edition": Rows("readers", add="officer", change="officer"),
    "applicability.validity": Rows("readers", add="officer", change="officer", delete="officer"),
    "applicability.period": Rows("readers", add="officer", change="officer", delete="officer"),
    "applicability.combination": Rows("readers", add="officer", change="officer", delete="officer"),
    "applicability.securitytie": Rows("readers", add="officer", change="officer", delete="officer"),
    "applicability.companion": Rows("readers", add="officer", change="officer", delete="officer"),
    "applicability.devicetype": Rows("readers, administrator", add="administrator", change="administrator"),
    "applicability.specificationversion": Rows(
        "readers, administrator", add="officer, administrator", change="officer, administrator"
    ),
    "applicability.certificaterequirement": Rows(
        "readers, administrator", add="administrator", change="administrator"
    ),
    "notifications.audience": Rows(
        "readers, administrator", "officer, administrator", "officer, administrator", "officer, administrator"
    ),
    # One is taken away and another added, never changed.
    "notifications.furthermilestone": Rows(
        "readers, administrator", add="administrator", delete="administrator"
    ),
    "notifications.run": Rows("readers"),
    "notifications.bounce": Rows("readers"),
    "notifications.subscription": Rows("readers"),
    "notifications.letterwords": Rows(
        "readers, administrator", "officer, administrator", "officer, administrator", "officer, administrator"
    ),
    "notifications.notice": Rows("readers"),
    "notifications.message": Rows("readers"),
}

# What is done with rows chosen in a list of the admin.
ACTIONS: dict[str, str] = {
    "cpl.entry remove": "officer",
    "cpl.certificate renew": "officer",
    "cpl.certificate withdraw": "officer",
    "cpl.candidate remove": "officer",
    "cpl.candidate keep": "deciders",
    "cpl.submission assign": "deciders",
    "cpl.submission assign_to_me": "deciders",
    "cpl.submission approve_family": "deciders",
    "notifications.message send_again": "officer",
}

LINES: tuple[Line, ...] = (
    # The admin, besides the pages of its models.
    officers("", "staff", "staff"),
    Line("admin/login/", "staff", "staff"),
    Line("admin/logout/", "visitor, maker, rival, supplier, dcc", "everybody", REFUSED),
    officers("password_change/", "staff", "staff"),
    officers("password_change/done/", "staff", None),
    officers("autocomplete/", "nobody", None),
    officers("jsi18n/", "staff", None),
    officers("r/<path:content_type_id>/<path:object_id>/", "nobody", "nobody", NOT_FOUND),
    officers("<app_label>/", "staff", "staff", NOT_FOUND),
    officers("(?P<url>.*)$", "nobody", "nobody", NOT_FOUND),
    Line("admin/cpl/candidates/", "everybody", "everybody"),
    officers("auth/user/<id>/password/", "administrator", "administrator"),
    officers("cpl/candidate/keep/", None, "deciders"),
    officers("cpl/candidate/export/", "readers", "readers"),
    officers("cpl/certificate/export/", "readers", "readers"),
    officers("cpl/certificate/<int:pk>/renew/", None, "officer"),
    officers("cpl/certificate/ending/<str:month>/", "readers", "readers"),
    officers("cpl/certificate/<int:pk>/impact/", "readers", "readers"),
    officers("cpl/certificate/<int:pk>/impact.csv", "readers", "readers"),
    officers("cpl/entry/export/", "readers", "readers"),
    officers("cpl/entry/<int:pk>/dossier.zip", "readers", None),
    officers("cpl/party/export/", "readers, administrator", "readers, administrator"),
    # Addresses are people's: they leave with who keeps them.
    officers("cpl/party/rows/<slug:slug>.<slug:ending>", "administrator", "administrator"),
    officers("cpl/party/rows/<slug:slug>/import/", "administrator", "administrator"),
    officers("cpl/release/publish/", "publisher", "publisher"),
    officers("cpl/submission/raise/<slug:kind>/", "officer", "officer"),
    officers("cpl/submission/<int:pk>/decide/", None, "deciders"),
    officers("cpl/submission/<int:pk>/handle/", None, "deciders"),
    officers("cpl/submission/<int:pk>/anew/", None, "officer"),
    officers("cpl/submission/assign/", "deciders", "deciders"),
    officers("cpl/submission/family/", "deciders", "deciders"),
    officers("cpl/submission/family/<int:job_pk>/", "readers", None),
    # The officer asked for that export.
    officers("cpl/job/<int:pk>/file/", "officer", None, NOT_FOUND),
    officers("cpl/submission/<int:pk>/evidence/<int:evidence_pk>/", "readers", "readers"),
    officers("applicability/edition/<int:pk>/copy/", "officer", "officer"),
    officers("applicability/edition/<int:pk>/designate/", "deciders", "deciders"),
    officers("applicability/edition/<int:pk>/differences/", "readers", "readers"),
    officers("applicability/edition/<int:pk>/rows/<slug:slug>.<slug:ending>", "readers", "readers"),
    officers("applicability/edition/<int:pk>/rows/<slug:slug>/import/", "officer", "officer"),
    officers("applicability/edition/<int:pk>/impact/", "readers", "readers"),
    officers("applicability/edition/<int:pk>/impact.csv", "readers", "readers"),
    officers("notifications/message/<int:pk>/html/", "readers", "readers"),
    officers("notifications/message/<int:pk>/bytes/", "readers", "readers"),
    officers("notifications/audience/preview/", "readers, administrator", "readers, administrator"),
    officers("notifications/audience/unreachable/", "readers, administrator", "readers, administrator"),
    officers("notifications/run/<int:pk>/held/", "readers", "officer"),
    officers("notifications/letterwords/preview/", "readers, administrator", "readers, administrator"),
    officers("notifications/notice/forecast/", "readers", "readers"),
    officers("notifications/notice/proof/", "readers", "readers"),
    # The portal: things of the maker's.
    portal("inbox/", "signed-in"),
    portal("inbox/<int:number>/", "maker"),
    portal("inbox/<int:number>/html/", "maker"),
    portal("inbox/<int:number>/files/<int:file>/", "maker"),
    portal("subscriptions/", "signed-in", "signed-in"),
    portal("", "signed-in"),
    portal("start/", None, "signed-in"),
    portal("upload/", "signed-in", "signed-in"),
    portal("template.<str:fmt>", "everybody", "everybody"),
    portal("uploads/", "signed-in"),
    portal("uploads/<int:number>/", "maker"),
    portal("uploads/<int:number>/progress/", "maker"),
    portal("uploads/<int:number>/report.xlsx", "maker"),
    portal("uploads/<int:number>/remaining.csv", "maker"),
    portal("uploads/<int:number>/rows/<int:place>/", "maker", "maker"),
    portal("uploads/<int:number>/<slug:verb>/", None, "maker"),
    portal("entries/", "signed-in"),
    portal("programs/", "signed-in", "signed-in"),
    portal("programs/<int:number>/revoke/", None, "maker"),
    portal("submissions/<int:number>/", "maker"),
    portal("submissions/<int:number>/edit/", "maker", "maker"),
    portal("submissions/<int:number>/autosave/", None, "maker"),
    portal("submissions/<int:number>/field/", None, "maker"),
    portal("submissions/<int:number>/copy/", None, "maker"),
    portal("submissions/<int:number>/receipt/", "maker"),
    portal("submissions/<int:number>/receipt/<int:round>/", "maker"),
    portal("submissions/<int:number>/receipt/<int:round>.json", "maker"),
    # What is published is anybody's; a draft of it is of one's own organisation.
    portal("entries/<int:entry>/copy/", None, "signed-in"),
    portal("submissions.csv", "signed-in"),
    portal("submissions/<int:number>/certificate/", None, "maker"),
    portal("submissions/<int:number>/<slug:verb>/", None, "maker"),
    portal("certificates/", "signed-in"),
    portal("certificates.csv", "signed-in"),
    portal("certificates/find", "signed-in"),
    portal("certificates/<int:number>/", "signed-in"),
    portal("certificates/<int:number>/<slug:what>/", None, "maker"),
    # Officers and approvers look at what they decide on.
    portal("evidence/<int:number>/", "maker, deciders"),
    portal("evidence/<int:number>/shown/", "maker, deciders"),
    # Accounts: allauth's pages, for whoever they are about.
    account("email/", "everybody", "everybody"),
    account("login/", "everybody", "everybody"),
    account("logout/", "everybody", "everybody"),
    account("inactive/", "everybody", None),
    account("signup/", "everybody", "everybody"),
    account("reauthenticate/", "signed-in", "signed-in"),
    account("confirm-email/", "everybody", None),
    account("password/change/", "signed-in", "signed-in"),
    account("password/set/", "signed-in", "signed-in"),
    account("password/reset/", "everybody", "everybody"),
    account("login/code/confirm/", "signed-in", "signed-in"),
    account(r"^confirm-email/(?P<key>[-:\w]+)/$", "everybody", "nobody"),
    account("password/reset/key/done/", "everybody", None),
    account(r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", "everybody", "everybody"),
    account("password/reset/done/", "everybody", None),
    account("mfa/", "signed-in", None),
    account("mfa/authenticate/", "signed-in", "signed-in"),
    account("mfa/reauthenticate/", "signed-in", "signed-in"),
    account("mfa/totp/activate/", "signed-in", "signed-in"),
    # Whoever has one: of the people here, the rival.
    account("mfa/totp/deactivate/", "rival", "rival"),
    account("mfa/recovery-codes/", "nobody", None),
    account("mfa/recovery-codes/generate/", "signed-in", "signed-in"),
    account("mfa/recovery-codes/download/", "nobody", "nobody"),
    # For everybody.
    public("healthz"),
    public("metrics"),
    public(""),
    public("entries.csv"),
    public("entries/<str:written>/"),
    public("entries/<str:written>/timeline/"),
    public("entries/<str:written>/timeline.svg"),
    public("releases/"),
    public("releases/key.pem"),
    public("releases/<str:number>/"),
    public("releases/<str:number>/<str:name>"),
    # Whoever holds the link of an e-mail ends what it tells of.
    public("unsubscribe/<str:token>/", post=True),
    public("rules/"),
    public("check/", post=True),
    public("check/template.<str:fmt>"),
    public("applicability/"),
    public("applicability/deadlines/<str:who>/"),
    public("applicability/deadlines/<str:who>/deadlines.csv"),
    public("applicability/windows/"),
    public("applicability/windows/example/"),
    public("applicability/<str:series>/<int:number>/"),
    public("applicability/<str:series>/<int:number>/changes/"),
    public("applicability/timelines/"),
    public("applicability/timelines/device-types/<str:written>.svg"),
    public("applicability/timelines/device-types/<str:written>/"),
    public("applicability/timelines/specifications/<str:written>.svg"),
    public("applicability/timelines/specifications/<str:written>/"),
    public("applicability/timelines/examples/<str:written>.svg"),
    public("applicability/timelines/examples/<str:written>/"),
    public("applicability/calendars/"),
    public("applicability/calendars/selection.ics"),
    public("applicability/calendars/device-types/<str:written>.ics"),
    public("applicability/calendars/specifications/<str:written>.ics"),
)

# The API: a program shows its organisation's token; a session counts for nothing. By method: "anybody", or
# "token" (whose organisation it is about), or "own" (others are told that there is no such thing).
CALLS: dict[str, dict[str, str]] = {
    "openapi.json": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), "anybody"),
    "": dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), "nobody"),
    "applicability/": {"GET": "anybody"},
    "applicability/<series>/<number>/": {"GET": "anybody"},
    "entries": {"GET": "anybody"},
    "entries/<number>": {"GET": "anybody"},
    "entries/<number>/answers": {"GET": "anybody"},
    "changes": {"GET": "anybody"},
    "submissions/check": {"POST": "token"},
    "submissions": {"GET": "token", "POST": "token"},
    "submissions/<reference>": {"GET": "own"},
    "submissions/<reference>/answers": {"PUT": "own"},
    "submissions/<reference>/evidence": {"POST": "own"},
    "submissions/<reference>/submit": {"POST": "own"},
    "submissions/<reference>/withdraw": {"POST": "own"},
    "uploads": {"POST": "token"},
    "uploads/<reference>": {"GET": "own"},
    "uploads/<reference>/rows": {"GET": "own"},
    "uploads/<reference>/further": {"PUT": "own"},
    "uploads/<reference>/take": {"POST": "own"},
    "uploads/<reference>/evidence": {"POST": "own"},
    "uploads/<reference>/submit": {"POST": "own"},
    "uploads/<reference>/check": {"POST": "own"},
    "uploads/<reference>/discard": {"POST": "own"},
}


def lines_of_models() -> dict[str, Line]:
    """The addresses that the admin makes for each model, from what `MODELS` says of its rows."""
    found = {}
    for label, rows in MODELS.items():
        place = f"{label.replace('.', '/')}/"
        for line in (
            officers(place, rows.see, rows.see),
            officers(f"{place}add/", rows.add, rows.add),
            officers(f"{place}<path:object_id>/history/", rows.see, rows.see),
            officers(f"{place}<path:object_id>/delete/", rows.delete, rows.delete),
            officers(f"{place}<path:object_id>/change/", rows.see, rows.change),
            # On to the page of the row.
            officers(f"{place}<path:object_id>/", "staff", "staff"),
            # How it was; nothing is put back.
            officers(f"{place}^([^/]+)/history/([^/]+)/$", rows.see, "nobody"),
        ):
            found[line.route] = line
    return found


def all_lines() -> dict[str, Line]:
    return {**lines_of_models(), **{line.route: line for line in LINES}}
