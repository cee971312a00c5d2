"""Every page of the admin that is looked at in a browser, and why each other address is none.

What stands in braces comes from `making_pages.py`. `test_every_page_is_looked_at` holds both complete.
"""

# A list, then the page of a row where the list leads to one.
MODELS = {
    "applicability/certificaterequirement": "1",
    "applicability/combination": "",
    "applicability/companion": "",
    "applicability/devicetype": "1",
    "applicability/edition": "{draft}",
    "applicability/period": "",
    "applicability/securitytie": "",
    "applicability/specificationversion": "1",
    "applicability/validity": "",
    "auth/group": "1",
    "auth/user": "{user}",
    "cpl/apitoken": "1",
    "cpl/candidate": "",
    "cpl/certificate": "{certificate}",
    "cpl/entry": "679",
    "cpl/job": "{exported}",
    "cpl/keeping": "1",
    "cpl/listimport": "1",
    "cpl/manufactureridentifier": "1",
    "cpl/party": "{party}",
    "cpl/release": "1",
    "cpl/removal": "1",
    "cpl/removalground": "1",
    "cpl/submission": "{waiting}",
    "cpl/upload": "{upload}",
    "notifications/audience": "1",
    "notifications/bounce": "1",
    "notifications/furthermilestone": "{milestone}",
    "notifications/letterwords": "{words}",
    "notifications/message": "{message}",
    "notifications/notice": "",
    "notifications/run": "{held}",
    "notifications/subscription": "1",
}
ROWS = tuple(
    f"/admin/{place}/{f'{key}/change/' if kind else ''}"
    for place, key in MODELS.items()
    for kind in ((False, True) if key else (False,))
)
FORMS = tuple(
    f"/admin/{place}/add/"
    for place in (
        "applicability/certificaterequirement", "applicability/devicetype", "applicability/edition",
        "applicability/specificationversion", "auth/group", "auth/user", "cpl/manufactureridentifier",
        "cpl/party", "cpl/removalground", "notifications/audience", "notifications/furthermilestone",
    )
)  # fmt: skip
PAGES = (
    "/admin/",
    "/admin/cpl/",
    "/admin/password_change/",
    "/admin/auth/user/{user}/password/",
    "/admin/auth/user/{user}/change/?on=2026-01-01",
    "/admin/auth/user/{user}/history/",
    "/admin/applicability/period/add/?edition={draft}",
    "/admin/applicability/validity/add/?edition={draft}",
    "/admin/applicability/combination/add/?edition={draft}",
    "/admin/applicability/securitytie/add/?edition={draft}",
    "/admin/applicability/companion/add/?edition={draft}",
    "/admin/applicability/edition/1/change/",
    "/admin/applicability/edition/1/change/?on=2022-09-21",
    "/admin/applicability/edition/1/copy/",
    "/admin/applicability/edition/{draft}/designate/",
    "/admin/applicability/edition/{draft}/differences/",
    "/admin/applicability/edition/{draft}/impact/",
    "/admin/applicability/edition/{draft}/rows/validities/import/",
    "/admin/cpl/candidate/?state=kept",
    "/admin/cpl/candidate/export/",
    "/admin/cpl/certificate/?state=past",
    "/admin/cpl/certificate/{certificate}/change/?on=2022-09-21",
    "/admin/cpl/certificate/{certificate}/impact/",
    "/admin/cpl/certificate/ending/2027-03/",
    "/admin/cpl/certificate/export/",
    "/admin/cpl/entry/679/change/?on=2022-09-20",
    "/admin/cpl/entry/679/history/",
    "/admin/cpl/entry/export/",
    "/admin/cpl/job/{exporting}/change/",
    "/admin/cpl/job/{stopped}/change/",
    "/admin/cpl/party/{party}/change/?on=2022-09-20",
    "/admin/cpl/party/{party}/history/",
    "/admin/cpl/party/{party}/history/{party_version}/",
    "/admin/cpl/party/export/",
    "/admin/cpl/party/rows/contacts/import/",
    "/admin/cpl/party/rows/parties/import/",
    "/admin/cpl/release/publish/",
    "/admin/cpl/submission/?status__exact=submitted",
    "/admin/cpl/submission/assign/?chosen=1,2",
    "/admin/cpl/submission/family/?with={waiting}",
    "/admin/cpl/submission/family/{approved}/",
    "/admin/cpl/submission/family/{approving}/",
    "/admin/cpl/submission/raise/removal/",
    "/admin/cpl/submission/raise/renewal/",
    "/admin/cpl/submission/raise/statement/",
    "/admin/cpl/submission/raise/withdrawal/",
    "/admin/notifications/audience/preview/?entry=679",
    "/admin/notifications/audience/unreachable/",
    "/admin/notifications/letterwords/{words}/delete/",
    "/admin/notifications/letterwords/add/?kind=certificate",
    "/admin/notifications/letterwords/preview/?kind=certificate",
    "/admin/notifications/notice/forecast/",
    "/admin/notifications/notice/proof/",
    "/admin/notifications/run/{held}/held/",
)
# What is shown once rows were chosen in a list: the list, the action.
ACTS = (
    ("/admin/cpl/candidate/?state=due", "remove"),
    ("/admin/cpl/candidate/?state=due", "keep"),
    ("/admin/cpl/entry/", "remove"),
    ("/admin/cpl/certificate/", "renew"),
    ("/admin/cpl/certificate/", "withdraw"),
)
LOOKED_AT = (*ROWS, *FORMS, *PAGES)

# Addresses as the URL configuration has them, each a pattern from its beginning to its end.
NO_PAGE = {
    r"admin/(login|logout|password_change/done)/": "lead on to pages of the account",
    r"admin/(autocomplete|jsi18n)/": "data for a script",
    r"admin/mfa/.*": "the sign-in library's own, and nobody's by any role",
    r"admin/r/.*|admin/\(\?P<url>.*": "lead on, or are not found",
    r"admin/cpl/candidates/": "leads on to the list",
    r"admin/\w+/\w+/<path:object_id>/": "leads on to the page of the row",
    r"admin/\w+/\w+/(\^\(\[\^/\]\+\)|<path:object_id>)/history/.*": "one page for all, looked at for a Party",
    r"admin/\w+/\w+/<path:object_id>/delete/": "one page for all models, looked at for the words of letters",
    r".*/<path:object_id>/change/": "one page for all models without a template of their own",
    r".*/add/": "nobody adds such a row",
    r".*\.(csv|zip)|.*<slug:ending>|admin/cpl/job/<int:pk>/file/": "downloads",
    r".*/evidence/.*|admin/notifications/message/<int:pk>/(html|bytes)/": "what others wrote, as it came",
    r"admin/cpl/submission/<int:pk>/(decide|handle)/": "take a form, and lead on",
    r"admin/cpl/submission/<int:pk>/anew/": "takes a form; the page is that of raising, looked at above",
    r"admin/cpl/candidate/keep/|admin/cpl/certificate/<int:pk>/renew/": "take a form; looked at by ACTS",
}
