"""The centre as synthetic contacts and the application's directory see it: queues, sites and agents by their names."""

from functools import cached_property
from typing import NamedTuple

from chalicelib.routing.model import Entry
from infra.local.connect.instance import HierarchyGroup, Queue, RoutingProfile, User
from infra.local.connect.template import Template


class Agent(NamedTuple):
    """Somebody who answers, the site where they work and what they serve."""

    user: User
    site: HierarchyGroup
    profile: RoutingProfile


class Centre:
    """Queues, sites and agents of one template."""

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

    @cached_property
    def agents(self) -> list[Agent]:
        """The agents who belong to a site, in the template's order; a site is a first-level group of the agent hierarchy."""
        return [
            Agent(user=user, site=user.hierarchy[0], profile=self._template.routing_profiles[user.routing_profile_id])
            for user in self._template.users.values()
            if user.hierarchy
        ]

    def directory(self) -> list[Entry]:
        """Return what the application must know: names of queues and sites, and the queues' thresholds."""
        queues = [
            Entry(kind="queue", id=queue.id, name=queue.name, service_level_seconds=queue.service_level_seconds)
            for queue in self.queues.values()
        ]
        return queues + [Entry(kind="site", id=site.id, name=site.name) for site in self._template.sites.values()]
