"""The short-lived process that makes a small picture of one that somebody sent."""
from __future__ import annotations

import base64
import importlib
import io
import os
import warnings

from .common import FORKS, SOURCE, Channel, say
from .confine import confine_alone, limit_further_cpu, prepare_process

TYPE_CHECKING = False  # saves the import where nobody checks
if TYPE_CHECKING:
    from typing import Any

# What is taken for a picture by its first bytes. Nothing else is tried.
READERS = {
    'JPEG': 'PIL.JpegImagePlugin',
    'PNG': 'PIL.PngImagePlugin',
    'GIF': 'PIL.GifImagePlugin',
    'WEBP': 'PIL.WebPImagePlugin',
}
ORIENTATION = 0x0112  # of EXIF
PIXELS_MAX = 40_000_000
CPU_SECONDS_MAX = 10
QUALITY = 80


class Shrinker:
    """Pillow, loaded before the process is confined."""

    def __init__(self) -> None:
        self._image: Any = importlib.import_module('PIL.Image')
        for reader in READERS.values():
            importlib.import_module(reader)
        self._image.MAX_IMAGE_PIXELS = PIXELS_MAX
        warnings.simplefilter('error', self._image.DecompressionBombWarning)

    def small(self, picture: bytes, side_max: int) -> bytes:
        """Upright, no longer than that, and without anything else that the file said."""
        with self._image.open(io.BytesIO(picture), formats=list(READERS)) as opened:
            turn = opened.getexif().get(ORIENTATION)
            opened.draft('RGB', (side_max, side_max))  # JPEG alone can be read smaller than it is
            shines_through = 'A' in opened.mode or 'transparency' in opened.info
            mode = 'RGBA' if shines_through else 'RGB'
            small = opened if opened.mode == mode else opened.convert(mode)
            small.thumbnail((side_max, side_max))
            out = io.BytesIO()
            kind = 'PNG' if shines_through else 'JPEG'
            self._bare(small, turn).save(out, kind, quality=QUALITY, optimize=True)
            return out.getvalue()

    def _bare(self, small: Any, turn: Any) -> Any:
        """A copy that has nothing but its pixels, turned as its camera says."""
        bare = self._image.new(small.mode, small.size)
        bare.paste(small)
        turns = self._image.Transpose
        way = {2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM,
               5: turns.TRANSPOSE, 6: turns.ROTATE_270, 7: turns.TRANSVERSE,
               8: turns.ROTATE_90}.get(turn)
        return bare if way is None else bare.transpose(way)


def main() -> None:
    os.close(SOURCE)
    os.close(FORKS)
    channel = Channel()
    asked = channel.receive()
    setup = asked['setup']
    prepare_process(setup)
    try:
        shrinker = Shrinker()
    except Exception as error:  # not the picture's fault
        channel.send({'missing': say(error)})
        return
    confine_alone(bytes.fromhex(setup['filters']['worker']))
    limit_further_cpu(CPU_SECONDS_MAX)
    text = asked['picture']
    try:
        picture = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
        small = shrinker.small(picture, asked['side_max'])
    except Exception as error:
        channel.send({'problem': say(error)})
        return
    channel.send({'small': base64.urlsafe_b64encode(small).decode().rstrip('=')})
