"""The addresses of what a Party was told, and of what it wants to be told."""

from django.urls import path

from notifications.portal import inbox, wishes

app_name = "inbox"
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:number>/", inbox.message, name="message"),
    path("inbox/<int:number>/html/", inbox.as_html, name="html"),
    path("inbox/<int:number>/files/<int:file>/", inbox.attachment, name="file"),
    path("subscriptions/", wishes.subscriptions, name="subscriptions"),
]
