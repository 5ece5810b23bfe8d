"""The addresses of these pages; `claims.urls` puts them into the namespace `claims`."""

from django.urls import path, register_converter

from claims.views import acts, associations, comments, detail, documents, history, listing


class Reference:
    """Letters, digits and hyphens: anything else cannot be a claim's reference and is 404 before it is looked up."""

    regex = "[A-Za-z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        """The reference as it is stored."""
        return value.upper()

    def to_url(self, value: str) -> str:
        """The reference as it is."""
        return value


register_converter(Reference, "reference")

urlpatterns = [
    path("claims/", listing.show, name="list"),
    path("claims/<reference:reference>/", detail.show, name="detail"),
    path("claims/<reference:reference>/history/", history.show, name="history"),
    path("claims/<reference:reference>/comments/", comments.write, name="comments"),
    path("claims/<reference:reference>/documents/<int:document_id>/", documents.download, name="document"),
    path("claims/<reference:reference>/resubmit/", acts.resubmit_claim, name="resubmit"),
    path("claims/<reference:reference>/withdraw/", acts.withdraw_claim, name="withdraw"),
    path("associations/", associations.show, name="associations"),
]
