"""How actions are played: one function a type, in files by family. `docs/flows.md` lists them."""

from collections.abc import Mapping

from infra.local.connect.flows.actions import carrying, deciding, invoking, leading, speaking
from infra.local.connect.flows.turn import Play

PLAYED: Mapping[str, Play] = {
    **speaking.PLAYED,
    **deciding.PLAYED,
    **carrying.PLAYED,
    **invoking.PLAYED,
    **leading.PLAYED,
}
"""Every type of action that plays; any other is named in the flow log and takes its error branch."""
