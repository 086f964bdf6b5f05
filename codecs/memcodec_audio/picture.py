"""A spectrogram of a recording: time to the right, frequency upwards, level as colour."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from memcodec.errors import NotAMemoryFile
from memcodec.storage import Source, SourceFile

if TYPE_CHECKING:
    from PIL.Image import Image

COLUMNS, HEIGHT = 1000, 400
WINDOW = 1024  #: samples of one spectrum, under a Hann window
AVERAGED = 8  #: spectra that make one column (Welch's method)
_FLOOR, _CEILING = -110.0, -20.0  # dB of full scale
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 16, 16, 34
_PAPER, _INK = 255, (40, 40, 40)

_SIZE = 12
# Matplotlib's viridis (S. van der Walt, N. Smith, 2015; CC0) at ten places.
_VIRIDIS = (
    *((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142)),
    *((31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
)


def draw(source: Source) -> bytes:
    """A PNG of the whole recording in ``COLUMNS`` columns. Raises NotAMemoryFile when it cannot be played."""
    levels, seconds, rate = _levels(source)
    file = io.BytesIO()
    _framed(_coloured(levels), seconds, rate).save(file, "png")
    return file.getvalue()


def _levels(source: Source) -> tuple[npt.NDArray[np.float64], float, int]:
    """Levels in dB [WINDOW / 2, columns], the recording's length in seconds, its sample rate."""
    import soundfile

    try:
        with soundfile.SoundFile(SourceFile(source)) as sound:
            starts = np.linspace(0, max(0, sound.frames - WINDOW * AVERAGED), COLUMNS).astype(int)
            columns = [_spectrum(sound, int(start)) for start in starts]
            return np.array(columns).T, sound.frames / sound.samplerate, sound.samplerate
    except soundfile.LibsndfileError as error:
        raise NotAMemoryFile(f"{source.name}: cannot be played: {error.error_string}") from error


def _spectrum(sound: object, start: int) -> npt.NDArray[np.float64]:
    sound.seek(start)  # type: ignore[attr-defined]
    samples = sound.read(WINDOW * AVERAGED, always_2d=True, fill_value=0)[:, 0]  # type: ignore[attr-defined]
    window = np.hanning(WINDOW)
    spectra = np.abs(np.fft.rfft(samples.reshape(AVERAGED, WINDOW) * window))[:, :-1] * 2 / window.sum()
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.maximum((spectra**2).mean(axis=0), 1e-18))
    return levels


def _coloured(levels: npt.NDArray[np.float64]) -> Image:
    from PIL import Image

    scaled = np.clip((levels - _FLOOR) / (_CEILING - _FLOOR), 0, 1) * 255
    image = Image.fromarray(scaled.astype(np.uint8)[::-1]).resize((COLUMNS, HEIGHT), Image.Resampling.BOX)
    places = np.linspace(0, 255, len(_VIRIDIS))
    palette = [np.interp(np.arange(256), places, channel) for channel in np.array(_VIRIDIS).T]
    return Image.fromarray(np.stack(palette, axis=1).astype(np.uint8)[np.asarray(image)])


def _framed(image: Image, seconds: float, rate: int) -> Image:
    from PIL import Image, ImageDraw, ImageFont

    width, height = image.size
    page = Image.new("RGB", (_LEFT + width + _RIGHT, _TOP + height + _BOTTOM), (_PAPER,) * 3)
    page.paste(image, (_LEFT, _TOP))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(_SIZE)

    def write(text: str, x: int, y: int) -> None:
        draw.text((x, y), text, fill=_INK, font=font, anchor="ls")

    for kilohertz in range(0, rate // 2000 + 1, 4):
        write(f"{kilohertz} kHz", 4, _TOP + round(height * (1 - kilohertz * 2000 / rate)) + 4)
    for part in range(6):
        write(f"{seconds * part / 5:.1f} s", _LEFT + round((width - 40) * part / 5), _TOP + height + 20)
    return page
