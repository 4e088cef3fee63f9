import * as build from '../../../compiler/builder/index.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';

const { add, divide, multiply, subtract } = build;

/** A point or a line of the projective plane: three values. */
type Vector = readonly [Value, Value, Value];

const cross = ([a, b, c]: Vector, [x, y, z]: Vector): Vector => [
  subtract(multiply(b, z), multiply(c, y)),
  subtract(multiply(c, x), multiply(a, z)),
  subtract(multiply(a, y), multiply(b, x)),
];

const dot = ([a, b, c]: Vector, [x, y, z]: Vector): Value => add(add(multiply(a, x), multiply(b, y)), multiply(c, z));

/** The points `[batch, 4, 2]` in homogeneous coordinates, each `[batch, 1]`. */
function pointsOf(points: Value): readonly [Vector, Vector, Vector, Vector] {
  const batch = points.shape[0] ?? null;
  const coordinate = (point: number, axis: number): Value =>
    build.reshape(build.slice(points, [0, point, axis], [Infinity, point + 1, axis + 1]), [batch, 1]);
  const at = (point: number): Vector => [coordinate(point, 0), coordinate(point, 1), constant([[1]], points.dtype)];
  return [at(0), at(1), at(2), at(3)];
}

/** The lines through pairs of the first three points, and the coordinates of the fourth in the basis of those three. */
function basisOf([a, b, c, d]: readonly [Vector, Vector, Vector, Vector]): {
  readonly lines: readonly [Vector, Vector, Vector];
  readonly weights: Vector;
} {
  const lines = [cross(b, c), cross(c, a), cross(a, b)] as const;
  return { lines, weights: [dot(lines[0], d), dot(lines[1], d), dot(lines[2], d)] };
}

/**
 * The projective map that takes the end points to the start points, `[batch, 8]`: the entries of its matrix by rows, divided
 * by the last. With P = [p₀ p₁ p₂] of homogeneous points and λ = adj(P) · p₃, P · diag(λ) maps the basis and its sum to the
 * points; the map is that of the start points times the inverse of that of the end points, and the rows of adj(P) are the
 * lines through pairs of points. Float64 keeps it exact for points in pixels.
 */
export function homography(startPoints: Value, endPoints: Value): Value {
  const from = pointsOf(castTo(startPoints, 'float64'));
  const [start, end] = [basisOf(from), basisOf(pointsOf(castTo(endPoints, 'float64')))];
  const entry = (row: 0 | 1 | 2, column: 0 | 1 | 2): Value => {
    const terms = ([0, 1, 2] as const).map((i) =>
      multiply(multiply(from[i][row], divide(start.weights[i], end.weights[i])), end.lines[i][column]),
    );
    return build.addAll([terms[0] ?? 0, ...terms.slice(1)]);
  };
  const last = entry(2, 2);
  const entries = ([0, 1, 2] as const).flatMap((row) => ([0, 1, 2] as const).map((column) => entry(row, column)));
  const [first = last, ...others] = entries.slice(0, 8).map((value) => divide(value, last));
  return build.concatenate([first, ...others], 1);
}
