"""Why a file is not worked on. The codes cross from the child to the portal."""

from enum import StrEnum


class Fault(StrEnum):
    """What is the matter with a file."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    MACROS = "macros"
    BOMB = "bomb"
    TOO_MANY_PAGES = "too_many_pages"
    PICTURE_TOO_LARGE = "picture_too_large"
    OTHER_TYPE = "other_type"
    NO_SUCH_PAGE = "no_such_page"
    GIVEN_UP = "given_up"


class Broken(Exception):
    """The file is at fault, and a second attempt would say the same. `detail` is a word that tells more."""

    def __init__(self, code: Fault, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class TooMuch(Exception):
    """A child was ended because it took too much time or memory, or it could not be started at all."""


class NotBegun(TooMuch):
    """No child could be had: the machine is busy or short of memory. It says nothing about the file."""


class Unusable(Broken):
    """What an upload is refused for. GIVEN_UP stands for TooMuch: another attempt may end differently."""
