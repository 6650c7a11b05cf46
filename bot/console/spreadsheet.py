"""Tables to open elsewhere: CSV that a spreadsheet reads and does not calculate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell must not begin with: a spreadsheet would calculate it, some also the wide signs.

https://owasp.org/www-community/attacks/CSV_Injection
"""


def as_csv(rows: Iterable[Iterable[object]], name: str) -> Response:
    """Rows as a file of that name to be downloaded."""
    written = io.StringIO()
    csv.writer(written).writerows([[harmless(cell) for cell in row] for row in rows])
    return Response(
        "\ufeff" + written.getvalue(), mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
