"""Where operators are: by cells of the H3 grid, never by coordinates (ruling 28).

An operator's place is kept as a cell of about 36 km², and every distance is measured from its centre, so that no series
of searches comes nearer to anybody than their cell. All cells of one region (about 610,000 km²) are one partition of an
index, in the order of the grid: the cells inside a larger one stand side by side. A search draws some larger cells over
its circle and reads one stretch of a partition for each, ten at most, however many operators there are.

    circle of 25 km ──► up to 10 cells of the size that fits ──► a stretch of the region's partition for each
"""

from dataclasses import dataclass

from chalicelib.kit.errors import Invalid

# A cell whose own radius is below the smallest search: whoever searches where an operator is finds them.
CELL_RESOLUTION = 6
REGION_RESOLUTION = 1

# The mean side of a cell at each resolution. A circle is drawn over with cells that are about as large (FITS), and no
# cell inside a larger one is further from its centre than 1.12 sides wherever it was measured (REACHES).
EDGE_KM = {1: 483.06, 2: 182.51, 3: 68.98, 4: 26.07, 5: 9.854}
FITS, REACHES = 0.95, 1.2


@dataclass(frozen=True)
class Place:
    """A point on the globe, in degrees."""

    lat: float
    lng: float


@dataclass(frozen=True)
class Stretch:
    """Neighbouring cells in a region's partition, from the first to the last."""

    region: str
    first: str
    last: str


def cell_of(place: Place) -> str:
    """The cell in which a place lies. Raises Invalid."""
    import h3

    try:
        return str(h3.latlng_to_cell(place.lat, place.lng, CELL_RESOLUTION))
    except h3.H3BaseException:
        raise Invalid("location.lat", "and lng must be a place on the globe") from None


def centre(cell: str) -> Place:
    """The centre of a cell: all that is ever told of where somebody is."""
    import h3

    lat, lng = h3.cell_to_latlng(cell)
    return Place(lat, lng)


def region(cell: str) -> str:
    """The partition in which a cell is found."""
    import h3

    return str(h3.cell_to_parent(cell, REGION_RESOLUTION))


def distance_km(one: Place, other: Place) -> float:
    """How far apart two places are, over the ground."""
    import h3

    return float(h3.great_circle_distance((one.lat, one.lng), (other.lat, other.lng), unit="km"))


def stretches(place: Place, radius_km: float) -> list[Stretch]:
    """What to read to find every cell whose centre is within a radius of a place, nearest first."""
    import h3

    resolution = max((one for one in EDGE_KM if radius_km <= EDGE_KM[one] * FITS), default=min(EDGE_KM))
    reach_km = radius_km + EDGE_KM[resolution] * REACHES
    near = h3.grid_disk(h3.latlng_to_cell(place.lat, place.lng, resolution), 2)
    measured = sorted((distance_km(place, centre(cell)), cell) for cell in near)
    return [_stretch(cell) for distance, cell in measured if distance <= reach_km]


def _stretch(cell: str) -> Stretch:
    """The cells inside a larger one: their names differ only in the digits of the finer resolutions."""
    import h3

    first = h3.cell_to_center_child(cell, CELL_RESOLUTION)
    last = h3.int_to_str(h3.str_to_int(first) | _finer(h3.get_resolution(cell)))
    return Stretch(region(first), first, last)


def _finer(resolution: int) -> int:
    """The bits of an H3 index that tell one finer cell from another: three for each resolution of fifteen."""
    return sum(0b110 << 3 * (15 - level) for level in range(resolution + 1, CELL_RESOLUTION + 1))
