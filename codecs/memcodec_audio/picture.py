"""A spectrogram of a recording: time to the right, frequency upwards, level as colour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from memcodec.errors import NotAMemoryFile
from memcodec.storage import Source, SourceFile

COLUMNS, HEIGHT = 1000, 400
WINDOW = 1024  #: samples of one spectrum, under a Hann window
AVERAGED = 8  #: spectra that make one column (Welch's method)
_FLOOR, _CEILING = -110.0, -20.0  # dB of full scale
_LEFT, _TOP, _RIGHT, _BOTTOM = 60, 16, 16, 34
_PAPER, _INK = 255, (40, 40, 40)

Picture = npt.NDArray[np.uint8]  #: [height, width, 3], blue, green, red


def draw(source: Source) -> bytes:
    """A PNG of the whole recording in ``COLUMNS`` columns. Raises NotAMemoryFile when it cannot be played."""
    import cv2

    levels, seconds, rate = _levels(source)
    return bytes(cv2.imencode(".png", _framed(_coloured(levels), seconds, rate))[1])


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


def _coloured(levels: npt.NDArray[np.float64]) -> Picture:
    import cv2

    scaled = np.clip((levels - _FLOOR) / (_CEILING - _FLOOR), 0, 1) * 255
    image = cv2.resize(scaled.astype(np.uint8)[::-1], (COLUMNS, HEIGHT), interpolation=cv2.INTER_AREA)
    coloured: Picture = cv2.applyColorMap(image, cv2.COLORMAP_VIRIDIS)
    return coloured


def _framed(image: Picture, seconds: float, rate: int) -> Picture:
    import cv2

    height, width, _ = image.shape
    page = np.full((_TOP + height + _BOTTOM, _LEFT + width + _RIGHT, 3), _PAPER, np.uint8)
    page[_TOP : _TOP + height, _LEFT : _LEFT + width] = image

    def write(text: str, x: int, y: int) -> None:
        cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, _INK, 1, cv2.LINE_AA)

    for kilohertz in range(0, rate // 2000 + 1, 4):
        write(f"{kilohertz} kHz", 4, _TOP + round(height * (1 - kilohertz * 2000 / rate)) + 4)
    for part in range(6):
        write(f"{seconds * part / 5:.1f} s", _LEFT + round((width - 40) * part / 5), _TOP + height + 20)
    return page
