"""What can go wrong when a document is made."""


class RenderError(RuntimeError):
    """A document could not be made; `str(error)` says in Dutch which, without a word of the plan."""
