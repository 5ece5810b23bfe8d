"""The figures of the review desk: a page and its exports, for arbiters alone."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arbitration.figures.charts import chart_of
from arbitration.figures.export import as_csv, as_workbook
from arbitration.figures.report import Figures, figures_of
from arbitration.figures.tables import Table
from arbitration.forms.figures import SpanForm
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_arbiter
from cpor_portal.working_days import local_day

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest) -> SpanForm:
    """The time that is asked about. Raises Http404 unless an arbiter asks (domain.md, "Who uses the portal")."""
    if not isinstance(request.user, User) or not is_arbiter(request.user):
        raise Http404
    return SpanForm(request.GET, today=local_day(timezone.now(), settings.REVIEW_TIME_ZONE))


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The page. A time that makes no sense is answered with 422, the form, and the usual time."""
    form = _asked(request)
    counted = figures_of(form.span(), timezone.now())
    context = {
        "form": form.filled() if form.is_valid() else form,
        "figures": counted,
        "zone": settings.REVIEW_TIME_ZONE,
        "groups": {
            name: [(table, chart_of(table)) for table in getattr(counted, name)]
            for name in ("now", "past", "persons", "readings")
        },
    }
    return render(request, "arbitration/figures.html", context, status=200 if form.is_valid() else 422)


@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    """One table as CSV, the first of the page unless `table` names another. 404 for a name that there is not."""
    return _export(request, "csv", CSV, lambda tables: as_csv(tables[0]), usual="open")


@require_safe
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """All tables as a workbook, or the one that `table` names. 404 for a name that there is not."""
    return _export(request, "xlsx", XLSX, as_workbook, usual="")


def _export(
    request: HttpRequest, ending: str, kind: str, write: Callable[[list[Table]], bytes], *, usual: str
) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return figures(request)
    code = request.GET.get("table", "") or usual
    counted = figures_of(form.span(), timezone.now())
    answer = HttpResponse(write(_chosen(counted, code)), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{_file_name(counted, code)}.{ending}"'
    return answer


def _chosen(counted: Figures, code: str) -> list[Table]:
    if not code:
        return list(counted.by_code.values())
    if code not in counted.by_code:
        raise Http404
    return [counted.by_code[code]]


def _file_name(counted: Figures, code: str) -> str:
    span = counted.span
    return "-".join(filter(None, ("figures", code, span.first.isoformat(), span.last.isoformat())))
