"""What is raised when this machine can't show the evidence."""


class Missing(Exception):
    """Something that the evidence needs can't be had here; nothing was shown, nothing failed."""
