"""The centre as the application's directory sees it: queues and sites by their names."""

from functools import cached_property

from chalicelib.routing.model import Entry
from infra.local.connect.instance import Queue
from infra.local.connect.template import Template


class Centre:
    """Queues and sites of one template."""

    def __init__(self, template: Template) -> None:
        self._template = template

    @classmethod
    def of_file(cls) -> "Centre":
        """Read the centre from `infra/connect.yaml`."""
        return cls(Template.of_file())

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues by name."""
        return {queue.name: queue for queue in self._template.queues.values()}

    def directory(self) -> list[Entry]:
        """Return what the application must know: names of queues and sites, and the queues' thresholds."""
        queues = [
            Entry(kind="queue", id=queue.id, name=queue.name, service_level_seconds=queue.service_level_seconds)
            for queue in self.queues.values()
        ]
        return queues + [Entry(kind="site", id=site.id, name=site.name) for site in self._template.sites.values()]
