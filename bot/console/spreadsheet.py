"""Tables to open elsewhere: CSV that a spreadsheet reads and does not calculate."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from flask import Response

SIGNS = "=+@＝＋－＠-"
"""What a formula begins with; some spreadsheets also calculate the wide signs."""

FORMULA = re.compile(rf'((?:^|[;|\t\r\n])[\s"]*)(?=[{SIGNS}])')
"""Where a formula may begin: at the start of a cell, and wherever a spreadsheet that splits by
something else than commas would see one start, since the quotation marks around ours tell it
nothing. White space and quotation marks before the sign may be taken away.

https://owasp.org/www-community/attacks/CSV_Injection
"""

STRIPPED = ("\t", "\r", "\n")
"""What a cell must not begin with either, whatever comes next: it may be left out in reading."""


def as_csv(rows: Iterable[Iterable[object]], name: str) -> Response:
    """Rows as a file of that name to be downloaded."""
    written = io.StringIO()
    # All between quotation marks: some spreadsheets split by several signs at once.
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return Response(
        "\ufeff" + written.getvalue(), mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula, or for cells of which one is.

    An apostrophe before a sign is all that is added, so that people can still read it.
    """
    text = FORMULA.sub(r"\1'", "" if cell is None else str(cell))
    return f"'{text}" if text.startswith(STRIPPED) else text
