"""Microsoft's addresses (design.md, "Contract that others rely on"). Plain words come before references."""

from django.urls import path

from arbitration.views import acts, desk, proof, taking

app_name = "arbitration"

urlpatterns = [
    path("review/", desk.queue, name="queue"),
    path("review/take-next/", taking.take_next, name="take_next"),
    path("review/<slug:reference>/", desk.workspace, name="workspace"),
    path("review/<slug:reference>/start/", acts.start, name="start"),
    path("review/<slug:reference>/request-information/", acts.request_information, name="request_information"),
    path("review/<slug:reference>/approve/", acts.approve, name="approve"),
    path("review/<slug:reference>/reject/", acts.reject, name="reject"),
    path("review/<slug:reference>/proof/", proof.room, name="proof"),
    path("review/<slug:reference>/cells/", proof.check, name="check_cells"),
    path("review/<slug:reference>/assign/", acts.assign, name="assign"),
    path("review/<slug:reference>/comment/", acts.comment, name="comment"),
]
