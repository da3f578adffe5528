"""What can be done in izp: the one list that permissions and the audit trail are made of."""

from __future__ import annotations

from typing import Final, Literal, get_args

Action = Literal[
    "sign_in",
    "sign_out",
    "sign_in_failed",
    "manage_users",
    "manage_members",
    "see_children",
    "see_child",
    "add_child",
    "change_child",
    "break_glass",
    "upload",
    "see_conversation",
    "correct",
    "set_ready",
    "reopen",
    "ratify",
    "approve",
    "download",
    "import_word",
    "see_audit",
    "see_child_audit",
    "api_token",
    "export",
    "erase",
    "backup",
    "restore",
    "rotate_key",
]

ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

LABELS: Final[dict[Action, str]] = {
    "sign_in": "ingelogd",
    "sign_out": "uitgelogd",
    "sign_in_failed": "inloggen mislukt",
    "manage_users": "account beheerd",
    "manage_members": "zorgteam gewijzigd",
    "see_children": "lijst van kinderen bekeken",
    "see_child": "kind bekeken",
    "add_child": "kind toegevoegd",
    "change_child": "gegevens van kind gewijzigd",
    "break_glass": "noodtoegang genomen",
    "upload": "gesprek ingeleverd",
    "see_conversation": "gesprek en plan bekeken",
    "correct": "plan verbeterd",
    "set_ready": "klaar voor beoordeling gezet",
    "reopen": "heropend",
    "ratify": "behandelgrens bekrachtigd",
    "approve": "plan goedgekeurd",
    "download": "document gedownload",
    "import_word": "Word-bestand verwerkt",
    "see_audit": "logboek bekeken",
    "see_child_audit": "logboek van kind bekeken",
    "api_token": "toegangssleutel gemaakt of ingetrokken",
    "export": "gegevens van kind uitgevoerd",
    "erase": "gegevens van kind gewist",
    "backup": "reservekopie gemaakt",
    "restore": "reservekopie teruggezet",
    "rotate_key": "hoofdsleutel vernieuwd",
}
