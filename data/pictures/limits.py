"""How large a photo may be, and how large what is shown of it becomes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """What a deployment allows: megabytes of a file, and millions of pixels that it says it has."""

    max_mb: int = 15
    max_megapixels: int = 50


#: The longer side of the picture that is shown and of its small copy, in pixels.
SHOWN_PX = 2_048
THUMBNAIL_PX = 480
