"""How tall the frame of a mail is: a frame cannot ask without scripts how much it shows, so its text is counted."""

from cpor_portal.notifications.models import OutboxMail

# In rem; static/css/outbox.css has a class for each, and makes it taller where the screen is narrow.
TALL = (44, 52, 60, 68, 76, 84, 92, 108, 140)
PIXELS_PER_REM = 16


def frame_class(mail: OutboxMail) -> str:
    """The class of the frame that shows this mail's HTML whole; the tallest one for mails that are longer still."""
    pixels = _pixels_of(mail.text)
    fitting = (tall for tall in TALL if tall * PIXELS_PER_REM >= pixels)
    return f"mail-tall-{next(fitting, TALL[-1])}"


def _pixels_of(text: str) -> float:
    """Lines, letters and the frame around them, as measured on every kind of mail, 600 pixels wide."""
    return 18 * len(text.splitlines()) + 0.36 * len(text) + 110
