"""A file that is not read at all, as against a file with faults in its cells."""


class FileRefused(Exception):
    """The upload is refused whole; `message` is a Chinese sentence for the user, `code` is for tests and the audit."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
