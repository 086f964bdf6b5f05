"""Names of arrays by what their numbers mean, where many modules pass them on. Shapes stand where they are used."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]  #: which of some chunks, documents, vectors
Ints = npt.NDArray[np.int64]  #: counts, places, lengths
Ids = Ints  #: numbers of chunks, lists, vectors
Vectors = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]  #: numbers kept in few bits
