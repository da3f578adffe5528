"""What can go wrong when a document is made."""


class RenderError(RuntimeError):
    """A document could not be made; `str(error)` says in Dutch which, without a word of the plan."""


class RenderEndedError(RenderError):
    """What makes it ended, took too long or could not be started: another time it may go well."""
