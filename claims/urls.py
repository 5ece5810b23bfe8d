"""The partner's addresses (design.md, "Contract that others rely on"): the wizard's and the claim pages'.

The wizard comes first, because `claims/new/` would pass for a reference.
"""

from claims import references  # noqa: F401 - its converter must be known before the addresses are read
from claims.feeds.urls import urlpatterns as feed_urls
from claims.views.urls import urlpatterns as page_urls
from claims.wizard.urls import urlpatterns as wizard_urls

app_name = "claims"

# Names: new edit delete_draft submit | list detail comments history document page_picture page_thumbnail proof
#        template_pdf template_docx resubmit withdraw correct withdraw_correction associations
#        | calendar make_feed revoke_feed calendar_feed deadline_ics
urlpatterns = [*wizard_urls, *page_urls, *feed_urls]
