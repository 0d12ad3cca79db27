"""The real doors, as Lambda calls them; what they log goes nowhere."""

import contextlib
import os
from pathlib import Path

with contextlib.redirect_stdout(Path(os.devnull).open("w")):
    # The logger keeps the output that is current when its module is imported.
    from app import app
    from chalicelib.accounts.entry.card import card_lookup
    from chalicelib.accounts.entry.importing import account_import
    from chalicelib.agents.entry import agent_events, agent_folding
    from chalicelib.contacts.entry import contact_events, contact_folding, contact_records, contact_sweep
    from chalicelib.quality.entry import quality_changes, quality_check, quality_figures
    from chalicelib.requests.entry import desk_requests

__all__ = [
    "account_import",
    "agent_events",
    "agent_folding",
    "app",
    "card_lookup",
    "contact_events",
    "contact_folding",
    "contact_records",
    "contact_sweep",
    "desk_requests",
    "quality_changes",
    "quality_check",
    "quality_figures",
]
