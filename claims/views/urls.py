"""The addresses of these pages; `claims.urls` puts them into the namespace `claims`."""

from django.urls import path

from claims.views import (
    acts,
    associations,
    comments,
    corrections,
    detail,
    documents,
    history,
    listing,
    pictures,
    proof,
    template,
)

PAGE = "claims/<reference:reference>/documents/<int:document_id>/pages/<int:page>"

urlpatterns = [
    path("claims/", listing.show, name="list"),
    path("claims/<reference:reference>/", detail.show, name="detail"),
    path("claims/<reference:reference>/history/", history.show, name="history"),
    path("claims/<reference:reference>/comments/", comments.write, name="comments"),
    path("claims/<reference:reference>/documents/<int:document_id>/", documents.download, name="document"),
    path(f"{PAGE}/", pictures.page_picture, name="page_picture"),
    path(f"{PAGE}/small/", pictures.page_thumbnail, name="page_thumbnail"),
    path("claims/<reference:reference>/proof/", proof.show, name="proof"),
    path("claims/<reference:reference>/proof/template.pdf", template.pdf, name="template_pdf"),
    path("claims/<reference:reference>/proof/template.docx", template.docx, name="template_docx"),
    path("claims/<reference:reference>/resubmit/", acts.resubmit_claim, name="resubmit"),
    path("claims/<reference:reference>/withdraw/", acts.withdraw_claim, name="withdraw"),
    path("claims/<reference:reference>/correct/", corrections.correct, name="correct"),
    path("claims/<reference:reference>/correct/withdraw/", corrections.take_back, name="withdraw_correction"),
    path("associations/", associations.show, name="associations"),
]
