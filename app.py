"""The switchboard: every way into Tsunagu, one line a story."""

from chalicelib.accounts.entry.card import doors as card_lookup
from chalicelib.accounts.entry.importing import doors as importing
from chalicelib.accounts.entry.recording import doors as card_recording
from chalicelib.accounts.entry.watching import doors as watching
from chalicelib.agents.entry import doors as agents
from chalicelib.contacts.entry import doors as contacts
from chalicelib.desk.api import app
from chalicelib.quality.entry import doors as quality
from chalicelib.requests.entry import doors as requests

__all__ = ["app"]

app.register_blueprint(contacts)
app.register_blueprint(agents)
app.register_blueprint(quality)
app.register_blueprint(requests)
app.register_blueprint(watching)
app.register_blueprint(card_recording)
app.register_blueprint(card_lookup)
app.register_blueprint(importing)
