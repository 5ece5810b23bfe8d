"""Microsoft's addresses (design.md, "Contract that others rely on"). Plain words come before references."""

from django.urls import path

from arbitration.views import (
    acts,
    assigning,
    correcting,
    deciding,
    desk,
    figures,
    notes,
    presence,
    proof,
    queue,
    rounds,
    saved_filters,
    second_reading,
    taking,
)

app_name = "arbitration"

urlpatterns = [
    path("review/", queue.queue, name="queue"),
    path("review/filters/", saved_filters.save_filter, name="save_filter"),
    path("review/filters/<int:filter_id>/delete/", saved_filters.delete_filter, name="delete_filter"),
    path("review/take-next/", taking.take_next, name="take_next"),
    path("review/figures/", figures.figures, name="figures"),
    path("review/figures/export.csv", figures.export_csv, name="figures_csv"),
    path("review/figures/export.xlsx", figures.export_xlsx, name="figures_xlsx"),
    path("review/second/", second_reading.readings, name="second_readings"),
    path("review/second/take/", second_reading.take, name="take_second_reading"),
    path("review/second/<int:reading_id>/", second_reading.reading, name="second_reading"),
    path("review/second/<int:reading_id>/put-back/", second_reading.put_back, name="put_back_second_reading"),
    path("review/second/<int:reading_id>/proof/", second_reading.proof, name="second_proof"),
    path("review/assign/", assigning.assign_many, name="assign_many"),
    path("review/<slug:reference>/", desk.workspace, name="workspace"),
    path("review/<slug:reference>/rounds/<int:number>/", rounds.show, name="round"),
    path("review/<slug:reference>/start/", acts.start, name="start"),
    path("review/<slug:reference>/decide/", deciding.decide, name="decide"),
    path("review/<slug:reference>/request-information/", deciding.request_information, name="request_information"),
    path("review/<slug:reference>/approve/", deciding.approve, name="approve"),
    path("review/<slug:reference>/reject/", deciding.reject, name="reject"),
    path("review/<slug:reference>/proof/", proof.room, name="proof"),
    path("review/<slug:reference>/cells/", proof.check, name="check_cells"),
    path("review/<slug:reference>/hand-back/", acts.hand_back, name="hand_back"),
    path("review/<slug:reference>/conflict/", acts.conflict, name="conflict"),
    path("review/<slug:reference>/assign/", acts.assign, name="assign"),
    path("review/<slug:reference>/note/", notes.note, name="note"),
    path("review/<slug:reference>/presence/", presence.presence, name="presence"),
    path("review/<slug:reference>/correction/", correcting.correction, name="correction"),
    path("review/<slug:reference>/comment/", acts.comment, name="comment"),
]
