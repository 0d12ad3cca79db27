"""The API's own application: its routes and no other story's doors, so that a cold API imports only what it answers with.

`app.py` adds the other doors to the same object; the template names this one as the API's handler.
"""

from chalice.app import Chalice

from chalicelib.desk.entry import doors

app = Chalice(app_name="tsunagu", configure_logs=False)
app.register_blueprint(doors)
