"""The addresses that need no account; others link to them (docs/production.md), so they stay."""

from django.urls import path

from cpl.public import applicability, entries, listing, releases

app_name = "public"
urlpatterns = [
    path("", listing.the_list, name="list"),
    path("entries.csv", listing.as_csv, name="csv"),
    path("entries/<str:written>/", entries.entry, name="entry"),
    path("releases/", releases.releases, name="releases"),
    path("releases/key.pem", releases.key, name="key"),
    path("releases/<str:number>/", releases.release, name="release"),
    path("releases/<str:number>/<str:name>", releases.file, name="release_file"),
    path("applicability/", applicability.in_force, name="applicability"),
    path("applicability/<str:series>/<int:number>/", applicability.edition, name="edition"),
    path("applicability/<str:series>/<int:number>/changes/", applicability.changes, name="changes"),
]
