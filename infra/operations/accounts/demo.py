"""Members for the local centre, by the way by which all members come in: rows, tokens from the centre's own key, an import.

`infra/local/members.csv` has test numbers that the schemes publish: one card of one account, two cards of one, one of two open
accounts, one of an open and a closed account, a closed and a locked account.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.accounts.model.imports import Import, State
from chalicelib.accounts.vault import KmsTokens, keys_by_version
from infra.operations.accounts.bringing import Bringing, Clock, Upload
from infra.operations.accounts.making import Making, MemberFile
from infra.operations.accounts.rows import BadFile, Rows
from infra.operations.place import Place

MEMBERS = Path(__file__).parents[2] / "local" / "members.csv"


def load_demo_members(place: Place, *, clock: Clock, rows: Path = MEMBERS) -> Import:
    """Bring the demo members into a centre, and return the import when it is done; doing it again changes nothing.

    Raises BadFile when rows are refused or the import fails, `TryAgain` and botocore's errors when the centre does not answer.
    """
    keys = keys_by_version(place.outputs["CardTokenKeys"])
    kms, now = place.client("kms"), datetime.now(UTC)
    with TemporaryDirectory() as directory:
        file = MemberFile(Path(directory) / "members.jsonl")
        making = Making(KmsTokens(lambda: kms, keys), max(keys), per_second=1_000, clock=clock, now=now)
        if making.run(Rows(rows), file).refused:
            raise BadFile(f"Rows of {rows} are refused: {file.problems.read_text()}")
        bringing, upload = Bringing(place, clock=clock), Upload.of(file.out, now)
        bringing.send(upload)
        whole = list(bringing.watch(upload))[-1]
    if whole.state is State.FAILED or whole.counts.refused:
        raise BadFile(f"The demo members were not taken: {whole.why or whole.counts}")
    return whole
