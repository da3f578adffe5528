"""Who may do what, by role. For what is done with a child, `members` decides on top of this.

Only an arts, physician assistant or verpleegkundig specialist (the functions of a behandelaar) sets a
treatment limit or approves a plan. A beheerder sees nothing of any child. What no role may do is done by
whoever runs the machine, on its command line.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from pipeline.store.actions import Action

Role = Literal["verpleegkundige", "behandelaar", "lezer", "beheerder"]
Function = Literal["arts", "physician assistant", "verpleegkundig specialist"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
FUNCTIONS: Final[tuple[Function, ...]] = get_args(Function)

_OWN: Final[frozenset[Action]] = frozenset({"sign_in", "sign_out"})
_SEE: Final[frozenset[Action]] = frozenset(
    {"see_children", "see_child", "see_conversation", "download", "api_token"}
)
_CARE: Final[frozenset[Action]] = _SEE | {
    "manage_members",
    "add_child",
    "change_child",
    "break_glass",
    "upload",
    "correct",
    "set_ready",
    "reopen",
    "import_word",
    "see_child_audit",
}

MAY: Final[dict[Role, frozenset[Action]]] = {
    "verpleegkundige": _OWN | _CARE,
    "behandelaar": _OWN | _CARE | {"ratify", "approve"},
    "lezer": _OWN | _SEE,
    "beheerder": _OWN | {"manage_users", "manage_members", "see_audit"},
}

WITHOUT_TEAM: Final[frozenset[tuple[Role, Action]]] = frozenset({("beheerder", "manage_members")})
"""What a role may do with a child without being in its care team: it sees nothing of the child by it."""

TEAM_ONLY: Final[frozenset[Action]] = frozenset({"manage_members"})
"""What emergency access does not give: with it, access for a while would become access for good."""


def may(role: Role, action: Action) -> bool:
    """Whether someone with this role may do this; for a child only if the child is theirs to see."""
    return action in MAY[role]
