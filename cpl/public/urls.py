"""The addresses that need no account; others link to them (docs/production.md), so they stay."""

from django.urls import path

from cpl.public import (
    applicability,
    calendars,
    check,
    deadlines,
    entries,
    listing,
    releases,
    rules,
    timelines,
    windows,
)

# A picture without a page around it.
ALONE = {"alone": True}
BY_TYPE = "applicability/timelines/device-types"
BY_SPECIFICATION = "applicability/timelines/specifications"
EXAMPLES = "applicability/timelines/examples"
CALENDARS = "applicability/calendars"

app_name = "public"
urlpatterns = [
    path("", listing.the_list, name="list"),
    path("entries.csv", listing.as_csv, name="csv"),
    path("entries/<str:written>/", entries.entry, name="entry"),
    path("entries/<str:written>/timeline/", timelines.entry, name="entry_timeline"),
    path("entries/<str:written>/timeline.svg", timelines.entry, ALONE, name="entry_picture"),
    path("releases/", releases.releases, name="releases"),
    path("releases/key.pem", releases.key, name="key"),
    path("releases/<str:number>/", releases.release, name="release"),
    path("releases/<str:number>/<str:name>", releases.file, name="release_file"),
    path("rules/", rules.rules, name="rules"),
    path("check/", check.check, name="check"),
    path("check/template.<str:fmt>", check.template, name="template"),
    path("applicability/", applicability.in_force, name="applicability"),
    path("applicability/deadlines/<str:who>/", deadlines.for_whom, name="deadlines"),
    path("applicability/deadlines/<str:who>/deadlines.csv", deadlines.as_csv, name="deadlines_csv"),
    path("applicability/windows/", windows.statutory, name="windows"),
    path("applicability/windows/example/", windows.example, name="example_windows"),
    path("applicability/<str:series>/<int:number>/", applicability.edition, name="edition"),
    path("applicability/<str:series>/<int:number>/changes/", applicability.changes, name="changes"),
    path("applicability/timelines/", timelines.index, name="timelines"),
    path(f"{BY_TYPE}/<str:written>.svg", timelines.device_type, ALONE, name="device_type_picture"),
    path(f"{BY_TYPE}/<str:written>/", timelines.device_type, name="device_type_timeline"),
    path(
        f"{BY_SPECIFICATION}/<str:written>.svg", timelines.specification, ALONE, name="specification_picture"
    ),
    path(f"{BY_SPECIFICATION}/<str:written>/", timelines.specification, name="specification_timeline"),
    path(f"{EXAMPLES}/<str:written>.svg", timelines.example, ALONE, name="example_picture"),
    path(f"{EXAMPLES}/<str:written>/", timelines.example, name="example_timeline"),
    path(f"{CALENDARS}/", calendars.index, name="calendars"),
    path(f"{CALENDARS}/selection.ics", calendars.selected, name="selected_calendar"),
    path(f"{CALENDARS}/device-types/<str:written>.ics", calendars.device_type, name="device_type_calendar"),
    path(
        f"{CALENDARS}/specifications/<str:written>.ics",
        calendars.specification,
        name="specification_calendar",
    ),
]
