"""The grid that the symbols read so far lie on, and where on it others must be that were not read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from memcodec.share.paper.page import PITCH
from memcodec.share.paper.symbol import SIDE, Luma

#: [4, (x, y)]: upper left, upper right, lower right, lower left of a symbol
Corners = npt.NDArray[np.float32]
Cell = tuple[int, int]  #: column and row

MARGIN = 3  #: modules around a symbol that go into its crop
MOST_COLUMNS, MOST_ROWS = 6, 8  #: of any paper
_PIXELS = 6  #: a module, upright
_UNIT = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
_NEIGHBOURHOOD = 25  #: modules, for the threshold


def gaps(read: list[Corners], shape: tuple[int, ...]) -> list[Corners]:
    """Where symbols may stand that were not read, within a picture of this shape."""
    import cv2

    cells = _cells(read)
    sheet = np.concatenate([_UNIT + np.float32(PITCH) * np.array(cell, np.float32) for cell in cells])
    seen = np.concatenate([read[number] for number in cells.values()])
    transform, _ = cv2.findHomography(sheet, seen, cv2.RANSAC, 3.0)
    if transform is None:
        return []
    columns, rows = zip(*cells, strict=True)
    wanted = [
        (column, row)
        for column in range(max(columns) - MOST_COLUMNS + 1, min(columns) + MOST_COLUMNS)
        for row in range(max(rows) - MOST_ROWS + 1, min(rows) + MOST_ROWS)
        if (column, row) not in cells
    ]
    places = [_moved(_UNIT + np.float32(PITCH) * np.array(cell, np.float32), transform) for cell in wanted]
    return [corners for corners in places if _is_within(corners, shape)]


def _cells(read: list[Corners]) -> dict[Cell, int]:
    """The cell of each symbol, from neighbour to neighbour: perspective bends a grid little from one to the next."""
    centres = np.array([corners.mean(axis=0) for corners in read])
    cells: dict[Cell, int] = {(0, 0): 0}
    placed, nearest = {0: (0, 0)}, np.zeros(len(read), int)
    distance = np.hypot(*(centres - centres[0]).T)
    distance[0] = np.inf
    while np.isfinite(distance).any():  # Prim's algorithm: always the symbol closest to one that is placed
        new = int(distance.argmin())
        old = int(nearest[new])
        column, row = _steps(read[old], centres[new] - centres[old])
        cell = placed[old][0] + column, placed[old][1] + row
        placed[new] = cell
        cells.setdefault(cell, new)
        closer = np.hypot(*(centres - centres[new]).T)
        distance[new] = np.inf
        nearer = np.isfinite(distance) & (closer < distance)
        distance[nearer], nearest[nearer] = closer[nearer], new
    return cells


def _steps(corners: Corners, offset: npt.NDArray[np.float32]) -> Cell:
    """How many cells an offset is, along the sides of a symbol."""
    upper_left, upper_right, _, lower_left = corners
    sides = np.stack([upper_right - upper_left, lower_left - upper_left], axis=1) * (PITCH / SIDE)
    if abs(np.linalg.det(sides)) < 1:
        return 0, 0
    column, row = np.rint(np.linalg.solve(sides, offset))
    return int(column), int(row)


def _moved(corners: Corners, transform: npt.NDArray[np.float64]) -> Corners:
    import cv2

    return np.asarray(cv2.perspectiveTransform(corners[None], transform)[0], np.float32)


def _is_within(corners: Corners, shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    return bool(np.all(corners > 0) and np.all(corners < (width, height)))


def upright(picture: Luma, corners: Corners, margin: int) -> Luma:
    """A symbol as if seen from above, ``margin`` modules of paper around it."""
    import cv2

    side = (SIDE + 2 * margin) * _PIXELS
    transform = cv2.getPerspectiveTransform(corners, (_UNIT + margin) * _PIXELS)
    turned = cv2.warpPerspective(picture, transform, (side, side), flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(turned, np.uint8)


def averaged(symbol: Luma) -> Luma:
    """An upright symbol without margin, each module its mean, dark or light beside its neighbours'. 3 pixels each."""
    import cv2

    means = cv2.resize(symbol, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    kind = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    binary = cv2.adaptiveThreshold(means, 255, kind, cv2.THRESH_BINARY, _NEIGHBOURHOOD, 0)
    return np.asarray(binary, np.uint8).repeat(3, axis=0).repeat(3, axis=1)
