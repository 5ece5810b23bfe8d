"""How much of anything a stranger's file may cost. Each limit lies well above what real proof of execution needs."""

MIB = 1024 * 1024

# --- The child process ---------------------------------------------------------------------------------------
MEMORY = 256 * MIB
"""What a child may allocate. With the code of its libraries that makes less than 300 MiB."""

CPU_SECONDS = {"inspect": 4, "extract": 8, "draw": 8}
"""For each job: a wall clock is stretched by a busy machine, what is computed is not. Somebody waits for an upload."""

INSPECT_SECONDS = 9.0
"""Somebody waits for an upload, but a busy machine is no fault of theirs: it rarely takes a tenth of this."""

WORK_SECONDS = 9.0
"""Wall clock of reading and drawing; no answer may take ten seconds."""

ANSWER_BYTES = 64 * MIB
"""What a child may write: the text of the longest document takes less than half of it."""

OPEN_FILES = 64
"""A child needs its libraries and one file."""

# --- PDF -----------------------------------------------------------------------------------------------------
PAGES = 300
"""A statement of work has ten pages, a long contract a hundred."""

STREAM_BYTES = 48 * MIB
"""One stream of a PDF, unpacked, that is no picture: text of a page has kilobytes, a whole Asian font 20 MiB."""

STREAMS_BYTES = 256 * MIB
"""All of them together."""

DRAWN_SIDE = 4000
"""Pixels: no page is drawn longer than this, however narrow and tall it says it is."""

# --- DOCX ----------------------------------------------------------------------------------------------------
PARTS = 4000
"""Files in the archive: a document with a thousand pictures has two thousand."""

UNPACKED_BYTES = 256 * MIB
"""All files in the archive together; with 20 MiB packed, real documents reach a few times their size."""

PART_BYTES = 48 * MIB
"""One part that is read: the XML of a thousand pages has 20 MiB."""

RATIO = 100
RATIO_COUNTS_FROM = 16 * MIB
"""Packed more tightly than this and large: words shrink to a tenth, XML to a thirtieth. Small files may be as empty
as they like."""

ARCHIVE_DEPTH = 3
"""A document may hold a workbook, which may hold a document; nobody needs a fourth."""

# --- Pictures ------------------------------------------------------------------------------------------------
PIXELS = 50_000_000
"""The largest pictures of telephones have 50 million pixels, A4 at 600 dpi has 35; four bytes each fit into MEMORY."""

# --- Text ----------------------------------------------------------------------------------------------------
CHARACTERS = 20_000
"""Characters of one page; a page set in the smallest print has 10,000."""

CAREFUL_SECONDS = 3.5
"""Computing time for the careful reader of PDF; what it does not reach is left to the quick one."""

PAGE_SECONDS = 1.0
"""The careful reader's time for one page."""
