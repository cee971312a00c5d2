"""The addresses of manufacturers, suppliers and the DCC. All need an account."""

from django.urls import path
from django.views.generic import RedirectView

from cpl.portal import (
    certificate_finder,
    certificates,
    copying,
    desk,
    editing,
    entries,
    export,
    files,
    receipts,
    submission,
    tokens,
    upload_files,
    upload_steps,
    uploading,
    uploads,
)

app_name = "portal"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("start/", desk.start, name="start"),
    path("upload/", uploading.upload, name="upload"),
    # The template is anybody's: it is made from the tables alone.
    path("template.<str:fmt>", RedirectView.as_view(pattern_name="public:template"), name="template"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<int:number>/", uploads.upload, name="the_upload"),
    path("uploads/<int:number>/progress/", uploads.progress, name="upload_progress"),
    path("uploads/<int:number>/report.xlsx", upload_files.report, name="upload_report"),
    path("uploads/<int:number>/remaining.csv", upload_files.remaining, name="upload_remaining"),
    path("uploads/<int:number>/rows/<int:place>/", upload_steps.row, name="upload_row"),
    path("uploads/<int:number>/<slug:verb>/", upload_steps.step, name="upload_step"),
    path("entries/", entries.entries, name="entries"),
    path("programs/", tokens.tokens, name="tokens"),
    path("programs/<int:number>/revoke/", tokens.revoke, name="revoke_token"),
    path("submissions/<int:number>/", submission.submission, name="submission"),
    path("submissions/<int:number>/edit/", editing.edit, name="edit"),
    path("submissions/<int:number>/autosave/", editing.autosave, name="autosave"),
    path("submissions/<int:number>/field/", editing.field, name="field"),
    path("submissions/<int:number>/copy/", copying.copy_submission, name="copy"),
    path("submissions/<int:number>/receipt/", receipts.receipt, name="receipt"),
    path("submissions/<int:number>/receipt/<int:round>/", receipts.receipt, name="receipt_of_round"),
    path("submissions/<int:number>/receipt/<int:round>.json", receipts.as_json, name="receipt_json"),
    path("entries/<int:entry>/copy/", copying.copy_entry, name="copy_entry"),
    path("submissions.csv", export.submissions, name="export"),
    path("submissions/<int:number>/certificate/", certificate_finder.use, name="use_certificate"),
    path("submissions/<int:number>/<slug:verb>/", submission.move, name="move"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("certificates.csv", certificates.as_csv, name="certificates_csv"),
    path("certificates/find", certificate_finder.find, name="find_certificate"),
    path("certificates/<int:number>/", certificates.certificate, name="certificate"),
    path("certificates/<int:number>/<slug:what>/", certificates.begin, name="begin_from_certificate"),
    path("evidence/<int:number>/", files.file, name="evidence"),
    path("evidence/<int:number>/shown/", files.shown, name="evidence_shown"),
]
