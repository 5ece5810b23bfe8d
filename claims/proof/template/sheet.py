"""A calm printed page: the few things that the letter is drawn with. Lengths in millimetres, type in points."""

from dataclasses import dataclass
from typing import Any

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from claims.proof.template.fonts import BOLD, OTHER, REGULAR, font_file
from claims.proof.template.letter import Blank, Letter

INK, QUIET, ACCENT = (27, 39, 51), (84, 97, 110), (15, 94, 168)
RULE, TINT, LINE = (205, 214, 224), (243, 246, 250), (110, 124, 138)
MARGIN, TOP, FOOT = 20.0, 15.0, 16.0
NEAR = 80.0


@dataclass(frozen=True)
class Placed:
    """Where a blank is on the paper: its page (from 0) and its corners from the top left, in millimetres."""

    blank: Blank
    page: int
    box: tuple[float, float, float, float]


class Sheet(FPDF):
    """Pages of one letter, with its foot, and the blanks that were placed on them."""

    def __init__(self, letter: Letter, *, with_other_font: bool) -> None:
        super().__init__(unit="mm", format=letter.paper)
        self.letter = letter
        self.placed: list[Placed] = []
        self.add_font("Letter", "", str(font_file(REGULAR)))
        self.add_font("Letter", "B", str(font_file(BOLD)))
        if with_other_font:
            self.add_font("Other", "", str(font_file(OTHER)))
            self.set_fallback_fonts(["Other"], exact_match=False)
        self.set_margins(MARGIN, TOP, MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0
        self.add_page()

    @property
    def width(self) -> float:
        """Between the margins."""
        return float(self.w - 2 * MARGIN)

    @property
    def room(self) -> float:
        """What is left on this page above its foot."""
        return float(self.h - FOOT - 3 - self.y)

    def header(self) -> None:
        """From the second page on: whom the letter is about. fpdf2 asks for it at the start of each page."""
        if self.page_no() > 1:
            self.type(8, QUIET)
            self.block(self.letter.head, 4)
            self.ln(1.5)
            self.rule(RULE)

    def footer(self) -> None:
        """The claim and the number of the page; fpdf2 asks for it at the end of each page."""
        self.set_y(-FOOT)
        self.rule(RULE)
        self.set_y(-FOOT + 3)
        self.type(8, QUIET)
        self.cell(0, 4, self.letter.foot)
        words = self.letter.page_of % {"page": self.page_no(), "pages": "{nb}"}
        self.set_x(self.w - MARGIN - self.get_string_width(words.replace("{nb}", "8")))
        self.cell(0, 4, words)

    def type(self, size: float, colour: tuple[int, int, int] = INK, *, bold: bool = False) -> None:
        """Sets size and colour of what is written next."""
        self.set_font("Letter", "B" if bold else "", size)
        self.set_text_color(*colour)

    def rule(self, colour: tuple[int, int, int]) -> None:
        """A hairline from margin to margin."""
        self.set_draw_color(*colour)
        self.set_line_width(0.2)
        self.line(MARGIN, self.y, self.w - MARGIN, self.y)

    def keep(self, height: float) -> None:
        """Goes to the next page unless `height` still fits on this one."""
        if self.room < height:
            self.add_page()

    def text_height(self, text: str, leading: float, width: float) -> float:
        """How high `text` would be in the type that is set."""
        return float(self._block(text, leading, width, dry_run=True, output=MethodReturnValue.HEIGHT))

    def block(self, text: str, leading: float, *, x: float = MARGIN, width: float = 0) -> None:
        """Writes `text` at `x`, broken into lines, and goes below it."""
        width = width or self.w - MARGIN - x
        # Measuring costs as much as drawing: only where the end of the page is near.
        if self.room < NEAR:
            self.keep(self.text_height(text, leading, width))
        self.set_x(x)
        self._block(text, leading, width)

    def _block(self, text: str, leading: float, width: float, **how: Any) -> Any:
        return self.multi_cell(width, leading, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, **how)

    def blank(self, blank: Blank, x: float, width: float, height: float) -> None:
        """A tinted place to write on, with a line below; it becomes a field of the form."""
        self.set_fill_color(*TINT)
        self.rect(x, self.y, width, height, style="F")
        self.set_draw_color(*LINE)
        self.set_line_width(0.25)
        self.line(x, self.y + height, x + width, self.y + height)
        self.placed.append(Placed(blank, self.page - 1, (x, self.y, x + width, self.y + height)))
