"""The roles of staff, and how a sign-in tells them."""

import re

ROLES = ("agent", "supervisor", "leader", "quality", "analyst", "auditor", "administrator")


def roles_in(groups: object) -> frozenset[str]:
    """Return our roles among the groups of a sign-in.

    A claim of groups is a list, or text: ``supervisor``, ``agent,quality``, ``[agent, quality]`` or ``[agent quality]``,
    depending on who wrote it out.
    """
    if isinstance(groups, str):
        groups = re.split(r"[\s,]+", groups.strip().removeprefix("[").removesuffix("]"))
    if not isinstance(groups, list | tuple):
        return frozenset()
    return frozenset(ROLES) & {group.strip("\"' ") for group in groups if isinstance(group, str)}
