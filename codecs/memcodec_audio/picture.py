"""A spectrogram of a recording: time to the right, frequency upwards, level as colour, and scales for all three."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from memcodec.config.units import format_duration
from memcodec.errors import NotAMemoryFile
from memcodec.storage import Source, SourceFile

if TYPE_CHECKING:
    from PIL.Image import Image

COLUMNS, HEIGHT = 960, 400
WINDOW = 1024  #: samples of one spectrum, under a Hann window
AVERAGED = 8  #: spectra that make one column (Welch's method)
_FLOOR, _CEILING = -110.0, -20.0  # dB of full scale
_LEFT, _TOP, _RIGHT, _BOTTOM = 78, 62, 110, 64  # pixels beside the spectrogram
_SCALE, _SCALE_GAP = 16, 24  # pixels: the width of the colours' scale, and what is between
_PAPER, _INK, _FAINT = (255, 255, 255), (40, 40, 40), (110, 110, 110)
_SIZE, _TITLE = 14, 18  # pixels, of letters
_TICK = 5
_STEPS = (1, 2, 5)  # times powers of ten: what people read scales by
# Matplotlib's viridis (S. van der Walt, N. Smith, 2015; CC0) at ten places.
_VIRIDIS = (
    *((68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142)),
    *((31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37)),
)


def draw(source: Source) -> bytes:
    """A PNG of the whole recording in ``COLUMNS`` columns. Raises NotAMemoryFile when it cannot be played."""
    levels, seconds, rate = _levels(source)
    title = f"{source.name.rpartition('/')[2]}: {format_duration(seconds)} of sound at {rate / 1000:g} kHz"
    file = io.BytesIO()
    _framed(levels, seconds, rate, title).save(file, "png", optimize=True)
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
    """Levels [rows, columns], the first row at the bottom, as colours."""
    from PIL import Image

    scaled = np.clip((levels - _FLOOR) / (_CEILING - _FLOOR), 0, 1) * 255
    places = np.linspace(0, 255, len(_VIRIDIS))
    palette = [np.interp(np.arange(256), places, channel) for channel in np.array(_VIRIDIS).T]
    return Image.fromarray(np.stack(palette, axis=1).astype(np.uint8)[scaled.astype(np.uint8)[::-1]])


def _framed(levels: npt.NDArray[np.float64], seconds: float, rate: int, title: str) -> Image:
    from PIL import Image

    page = Image.new("RGB", (_LEFT + COLUMNS + _RIGHT, _TOP + HEIGHT + _BOTTOM), _PAPER)
    page.paste(_coloured(levels).resize((COLUMNS, HEIGHT), Image.Resampling.BOX), (_LEFT, _TOP))
    scale = _LEFT + COLUMNS + _SCALE_GAP
    ramp = np.linspace(_FLOOR, _CEILING, HEIGHT)[:, None].repeat(_SCALE, axis=1)
    page.paste(_coloured(ramp), (scale, _TOP))
    pen = _Pen(page)
    pen.write(title, _LEFT, _TOP - 32, size=_TITLE)
    for second in _ticks(0, seconds, 8):
        pen.below(_LEFT + round(second / seconds * (COLUMNS - 1)), f"{second:g}")
    for frequency in _ticks(0, rate / 2, 6):
        pen.beside(_LEFT - 1, _height(frequency, 0, rate / 2), f"{frequency:,.0f}", left=True)
    for level in _ticks(_FLOOR, _CEILING, 5):
        pen.beside(scale + _SCALE, _height(level, _FLOOR, _CEILING), f"{level:.0f}", left=False)
    pen.write("time (s)", _LEFT + COLUMNS // 2, _TOP + HEIGHT + 44, anchor="ms", ink=_FAINT)
    pen.write("frequency (Hz)", _LEFT, _TOP - 8, ink=_FAINT)
    pen.write("level (dBFS)", scale + _SCALE, _TOP - 8, anchor="ms", ink=_FAINT)
    return page


def _height(value: float, low: float, high: float) -> int:
    return _TOP + round((high - value) / (high - low) * (HEIGHT - 1))


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, at most so many and one."""
    least = max(high - low, 1e-3) / most
    power = 10.0 ** np.floor(np.log10(least))
    step = next((each * power for each in _STEPS if each * power >= least), 10 * power)
    first = np.ceil(low / step - 1e-9) * step + 0.0  # not -0
    return [float(each) for each in np.arange(first, high + step * 1e-6, step)]


class _Pen:
    """Writes on a page, with a short line where a number stands for a place."""

    def __init__(self, page: Image) -> None:
        from PIL import ImageDraw

        self._draw = ImageDraw.Draw(page)

    def write(
        self,
        text: str,
        x: int,
        y: int,
        *,
        size: int = _SIZE,
        anchor: str = "ls",
        ink: tuple[int, int, int] = _INK,
    ) -> None:
        from PIL import ImageFont

        self._draw.text((x, y), text, fill=ink, font=ImageFont.load_default(size), anchor=anchor)

    def below(self, x: int, text: str) -> None:
        """A number of the axis under the spectrogram."""
        top = _TOP + HEIGHT
        self._draw.line((x, top, x, top + _TICK), _INK)
        self.write(text, x, top + _TICK + 17, anchor="ms")

    def beside(self, x: int, y: int, text: str, *, left: bool) -> None:
        """A number of an axis that stands."""
        way = -1 if left else 1
        self._draw.line((x, y, x + way * _TICK, y), _INK)
        self.write(text, x + way * (_TICK + 5), y, anchor="rm" if left else "lm")
