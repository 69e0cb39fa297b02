"""Flash-VStream (LLaVA variant): STAR memory over a CLIP tower, answered by LLaMA."""

from vstreamqa.models.flash_vstream.adapter import FlashVStream
from vstreamqa.models.flash_vstream.options import Options

__all__ = ["FlashVStream", "Options"]
