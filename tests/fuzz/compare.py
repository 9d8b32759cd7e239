"""Whether a tensor is what was expected, within the error that its Value allows."""
import numpy as np


def differs(value, got):
    """(what is wrong or None, how many elements are a step off where a tie allows it)."""
    want = value.array
    if got.dtype != want.dtype or got.shape != want.shape:
        return f"{got.dtype}{list(got.shape)} instead of {want.dtype}{list(want.shape)}", 0
    if want.dtype.kind in "iub":
        wide = np.float64 if want.dtype.itemsize < 8 else object
        distance = np.abs(got.astype(wide) - want.astype(wide)) if want.dtype.kind != "b" else (got != want).astype(float)
        bad = distance > value.error
        ties = int(np.count_nonzero(distance)) if value.exact is False else 0
    else:
        a, b = got.astype(np.float64), want.astype(np.float64)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        with np.errstate(all="ignore"):
            bad = ~same & ~(np.abs(a - b) <= value.error)
        ties = 0
    if not np.any(bad):
        return None, ties
    place = tuple(int(i) for i in np.argwhere(np.atleast_1d(bad))[0])
    element = lambda array: np.atleast_1d(array)[place]
    allowed = np.atleast_1d(np.broadcast_to(value.error, want.shape))[place]
    return (f"{np.count_nonzero(bad)} of {bad.size} elements of {value.name} ({want.dtype}{list(want.shape)}) differ; first "
            f"at {list(place)}: {element(got)!r}, expected {element(want)!r}, allowed {allowed:.3g}"), ties
