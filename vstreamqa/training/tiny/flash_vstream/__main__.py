"""`python -m vstreamqa.training.tiny.flash_vstream --out DIR`: train a tiny Flash-VStream from nothing."""

from vstreamqa.training.tiny.flash_vstream.command import main

main()
