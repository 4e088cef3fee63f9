import type { KnownShape } from '../../../core/shape.ts';
import type { Builder } from '../emit/builder.ts';

/** A size at each sample. */
export type SampledSize = readonly number[];

interface KnownSize {
  readonly sizes: SampledSize;
  /** The value and the axis that have this size. */
  readonly value: string;
  readonly axis: number;
}

/** constant + factor · product of the known sizes / divisor */
interface Expression {
  readonly of: readonly KnownSize[];
  readonly factor: number;
  readonly divisor: number;
  readonly constant: number;
}

const keyOf = (sizes: SampledSize): string => sizes.join();

export const isFixed = (sizes: SampledSize): boolean => sizes.every((size) => size === sizes[0]);

/**
 * The sizes that vary between samples, each with a value that has this size when the file runs. Where a graph for one size
 * holds a number, the merged graph reads the size from that value.
 */
export class SizeTable {
  readonly #builder: Builder;
  readonly #known = new Map<string, KnownSize>();

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Records the sizes of a value, given its shape at each sample. */
  add(value: string, shapes: readonly KnownShape[]): void {
    for (const axis of (shapes[0] ?? []).keys()) {
      const sizes = shapes.map((shape) => shape[axis] ?? 0);
      const key = keyOf(sizes);
      if (!isFixed(sizes) && !this.#known.has(key)) this.#known.set(key, { sizes, value, axis });
    }
  }

  /** Returns the name of an int64 vector with these entries, or `null` if one is not an expression in known sizes. */
  vector(entries: readonly SampledSize[]): string | null {
    const pieces: string[] = [];
    let constants: number[] = [];
    const endConstants = (): void => {
      if (constants.length > 0) pieces.push(this.#builder.integers(constants));
      constants = [];
    };
    for (const sizes of entries) {
      if (isFixed(sizes)) {
        constants.push(sizes[0] ?? 0);
        continue;
      }
      endConstants();
      const expression = this.#express(sizes);
      if (expression === null) return null;
      pieces.push(this.#emit(expression));
    }
    endConstants();
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1) return only;
    return this.#builder.emit('Concat', pieces, { attributes: { axis: 0 } });
  }

  /**
   * Returns the name of an int64 vector of one entry, a product of known sizes to which the values are proportional, with the
   * factor; or `null` if there is none.
   */
  proportional(values: SampledSize): { readonly size: string; readonly factor: number } | null {
    for (let count = 1; count <= 3; count++) {
      for (const of of combinations([...this.#known.values()], count)) {
        const ratios = values.map((value, sample) => value / productAt(of, sample));
        const factor = nearestInteger(ratios);
        if (!ratios.every((ratio) => Math.abs(ratio - factor) <= RELATIVE_ROUNDING * Math.abs(factor))) continue;
        return { size: this.#emit({ of, factor: 1, divisor: 1, constant: 0 }), factor };
      }
    }
    return null;
  }

  /** The simplest expression with these values at all samples. */
  #express(sizes: SampledSize): Expression | null {
    const same = this.#known.get(keyOf(sizes));
    if (same !== undefined) return { of: [same], factor: 1, divisor: 1, constant: 0 };
    const known = [...this.#known.values()];
    for (let count = 1; count <= 3; count++) {
      for (const of of combinations(known, count)) {
        const products = sizes.map((_, sample) => productAt(of, sample));
        const found = affine(products, sizes);
        if (found !== null) return { of, ...found };
      }
    }
    return null;
  }

  #emit({ of, factor, divisor, constant }: Expression): string {
    const builder = this.#builder;
    const parts = of.map(({ value, axis }) =>
      builder.emitOnce('Shape', [value], { attributes: { start: axis, end: axis + 1 } }),
    );
    const by = (opType: string, name: string, number: number, neutral: number): string =>
      number === neutral ? name : builder.emitOnce(opType, [name, builder.integers([number])]);
    const product = parts.reduce((a, b) => builder.emitOnce('Mul', [a, b]));
    return by('Add', by('Div', by('Mul', product, factor, 1), divisor, 1), constant, 0);
  }
}

/** A bound of the rounding of a float32 constant. */
const RELATIVE_ROUNDING = 2e-7;

const productAt = (of: readonly KnownSize[], sample: number): number =>
  of.reduce((product, each) => product * (each.sizes[sample] ?? 0), 1);

/** The first of some ratios, or the integer that rounding moved it away from. */
function nearestInteger([ratio = NaN]: readonly number[]): number {
  const integer = Math.round(ratio);
  return Math.abs(ratio - integer) <= RELATIVE_ROUNDING * Math.abs(integer) ? integer : ratio;
}

/**
 * A function that computes a size from free sizes, given the values of both at each sample: a free size, or an affine function
 * of the product of up to three; `null` if there is none.
 */
export function sizeFunction(
  sizes: SampledSize,
  free: readonly SampledSize[],
): ((values: readonly number[]) => number) | null {
  if (isFixed(sizes)) return () => sizes[0] ?? 0;
  for (let count = 1; count <= 3; count++) {
    for (const of of combinations([...free.keys()], count)) {
      const product = (sizeAt: (index: number) => number): number => of.reduce((all, index) => all * sizeAt(index), 1);
      const found = affine(
        sizes.map((_, sample) => product((index) => free[index]?.[sample] ?? 0)),
        sizes,
      );
      if (found === null) continue;
      const { factor, divisor, constant } = found;
      return (values) => constant + (factor * product((index) => values[index] ?? 0)) / divisor;
    }
  }
  return null;
}

/** All combinations of `count` items, with repetition. */
function combinations<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  if (count === 0) return [[]];
  return items.flatMap((item, i) => combinations(items.slice(i), count - 1).map((rest) => [item, ...rest]));
}

/** Solves y = constant + factor · x / divisor for integers, exact at all samples; `null` if there are none. */
function affine(
  x: SampledSize,
  y: SampledSize,
): { readonly factor: number; readonly divisor: number; readonly constant: number } | null {
  const at = x.findIndex((size) => size !== x[0]);
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [x[0], y[0], x[at], y[at]];
  if (at === -1 || y1 === y0) return null;
  const common = greatestCommonDivisor(Math.abs(y1 - y0), Math.abs(x1 - x0)) * Math.sign(x1 - x0);
  const [factor, divisor] = [(y1 - y0) / common, (x1 - x0) / common];
  const constant = y0 - (factor * x0) / divisor;
  const fits =
    Number.isSafeInteger(constant) &&
    x.every((size, i) => (factor * size) % divisor === 0 && constant + (factor * size) / divisor === y[i]);
  return fits ? { factor, divisor, constant } : null;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
