/** A point of the drawing area, whose side is 28. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The points that the pen visited before it was lifted. */
export type Stroke = readonly Point[];

/** The side of an image. */
export const SIDE: number = 28;
/** The side of the square that contains a digit of MNIST. */
const BOX = 20;
/** Half of the width of a pen stroke, in pixels. */
const RADIUS = 1.1;

/** A scale and an offset, applied in this order. */
interface Placement {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
}

/** Draws strokes as they are: 784 pixels from 0 to 1. */
export function rasterize(strokes: readonly Stroke[]): Float32Array<ArrayBuffer> {
  return draw(strokes, { scale: 1, dx: 0, dy: 0 });
}

/**
 * Draws strokes as MNIST's digits are drawn: scaled to a square of 20 × 20 pixels, with the center of mass in the middle
 * of 28 × 28 pixels.
 *
 * @see http://yann.lecun.com/exdb/mnist/
 */
export function rasterizeCentered(strokes: readonly Stroke[]): Float32Array<ArrayBuffer> {
  const points = strokes.flat();
  if (points.length === 0) return rasterize([]);
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // A dot is not enlarged: it has no size but that of the pen.
  const extent = Math.max(right - left, bottom - top);
  const scale = extent < 1 ? 1 : (BOX - 2 * RADIUS) / extent;
  const middle = {
    scale,
    dx: SIDE / 2 - (scale * (left + right)) / 2,
    dy: SIDE / 2 - (scale * (top + bottom)) / 2,
  };
  const mass = centerOfMass(draw(strokes, middle));
  return draw(strokes, { scale, dx: middle.dx + SIDE / 2 - mass.x, dy: middle.dy + SIDE / 2 - mass.y });
}

/** The ink of a pixel decreases with the distance of its center from the nearest stroke. */
function draw(strokes: readonly Stroke[], { scale, dx, dy }: Placement): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  const place = ({ x, y }: Point): Point => ({ x: scale * x + dx, y: scale * y + dy });
  for (const stroke of strokes) {
    const placed = stroke.map(place);
    for (const [i, end] of placed.entries()) drawSegment(pixels, placed[Math.max(0, i - 1)] ?? end, end);
  }
  return pixels;
}

function drawSegment(pixels: Float32Array, start: Point, end: Point): void {
  const reach = RADIUS + 0.5;
  const first = (a: number, b: number): number => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (a: number, b: number): number => Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + reach));
  for (let row = first(start.y, end.y); row <= last(start.y, end.y); row++) {
    for (let column = first(start.x, end.x); column <= last(start.x, end.x); column++) {
      const distance = distanceTo({ x: column + 0.5, y: row + 0.5 }, start, end);
      const ink = Math.min(1, Math.max(0, RADIUS + 0.5 - distance));
      const at = row * SIDE + column;
      pixels[at] = Math.max(pixels[at] ?? 0, ink);
    }
  }
}

/** The distance of a point from a segment. */
function distanceTo(point: Point, start: Point, end: Point): number {
  const [x, y] = [end.x - start.x, end.y - start.y];
  const length = x * x + y * y;
  const along = length === 0 ? 0 : ((point.x - start.x) * x + (point.y - start.y) * y) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - start.x - t * x, point.y - start.y - t * y);
}

function centerOfMass(pixels: Float32Array): Point {
  let [x, y, mass] = [0, 0, 0];
  for (const [i, ink] of pixels.entries()) {
    x += ink * ((i % SIDE) + 0.5);
    y += ink * (Math.floor(i / SIDE) + 0.5);
    mass += ink;
  }
  return mass === 0 ? { x: SIDE / 2, y: SIDE / 2 } : { x: x / mass, y: y / mass };
}
