"""The addresses of manufacturers, suppliers and the DCC. All need an account."""

from django.urls import path

from cpl.portal import desk, editing, entries, files, submission, uploading

app_name = "portal"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("start/", desk.start, name="start"),
    path("upload/", uploading.upload, name="upload"),
    path("entries/", entries.entries, name="entries"),
    path("submissions/<int:number>/", submission.submission, name="submission"),
    path("submissions/<int:number>/edit/", editing.edit, name="edit"),
    path("submissions/<int:number>/<slug:verb>/", submission.move, name="move"),
    path("evidence/<int:number>/", files.file, name="evidence"),
]
