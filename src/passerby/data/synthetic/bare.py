"""A grey stage in place of a place: ground and one wall, each of one colour."""

from passerby.data.synthetic.canvas import Canvas, column

_GROUND, _WALL = (0.5, 0.5, 0.5), (0.6, 0.6, 0.6)


def draw_bare(canvas: Canvas) -> None:
    """The ground, and a wall without end where the place's own front would stand."""
    camera = canvas.camera
    _, up, ahead = canvas.ray
    for depth, colour, normal in (
        (camera.mast / (-up).clamp(min=1e-4), _GROUND, (0.0, 1.0, 0.0)),
        ((camera.far + camera.wall) / ahead.clamp(min=1e-4), _WALL, (0.0, 0.0, -1.0)),
    ):
        where = canvas.nearer(depth)
        canvas.put(depth[where], where, column(colour).expand(-1, int(where.sum())), normal)
