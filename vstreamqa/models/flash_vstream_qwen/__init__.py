"""Flash-VStream (Qwen2-VL variant): a synopsis of the stream and key frames out of it, answered by Qwen2-VL."""

from vstreamqa.models.flash_vstream_qwen.adapter import FlashVStreamQwen
from vstreamqa.models.flash_vstream_qwen.options import Options

__all__ = ["FlashVStreamQwen", "Options"]
