import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';

/** The requirements of a layer on its input, checked at every call. */
export interface InputSpec {
  readonly rank?: number;
  readonly minRank?: number;
  /** Sizes of axes; negative axes count from the back. */
  readonly axes?: Readonly<Record<number, number>>;
}

/** Checks the shape of an input. @throws ValueError if it does not fit the spec. */
export function checkInputSpec(spec: InputSpec, shape: Shape, who: string): void {
  const came = `Received: input of shape ${showShape(shape)}.`;
  if (spec.rank !== undefined && shape.length !== spec.rank) {
    throw new ValueError(`[${who}] expected an input of rank ${spec.rank}. ${came}`);
  }
  if (spec.minRank !== undefined && shape.length < spec.minRank) {
    throw new ValueError(`[${who}] expected an input of rank ${spec.minRank} or more. ${came}`);
  }
  for (const [axis, size] of Object.entries(spec.axes ?? {})) {
    const actual = shape.at(Number(axis));
    if (actual !== null && actual !== size) {
      throw new ValueError(`[${who}] expected axis ${axis} of the input to have size ${size}. ${came}`);
    }
  }
}

/** Rejects several inputs. @throws ValueError if the layer has a spec, which describes a single input. */
export function checkInputCount(spec: InputSpec | null, count: number, who: string): void {
  if (spec === null) return;
  throw new ValueError(
    `[${who}] expected one input. Received: ${count} inputs. Merge them first, or call the layer on each.`,
  );
}
