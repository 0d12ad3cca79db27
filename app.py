"""The switchboard: every way into Tsunagu, one line a story."""

from chalice.app import Chalice

from chalicelib.agents.entry import doors as agents
from chalicelib.contacts.entry import doors as contacts
from chalicelib.desk.entry import doors as desk
from chalicelib.quality.entry import doors as quality

app = Chalice(app_name="tsunagu", configure_logs=False)
app.register_blueprint(contacts)
app.register_blueprint(agents)
app.register_blueprint(quality)
app.register_blueprint(desk)
