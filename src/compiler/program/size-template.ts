import type { KnownShape } from '../../core/shape.ts';
import type { DType } from '../../core/dtype.ts';

/** The type of an input with known sizes. */
export interface KnownType {
  readonly shape: KnownShape;
  readonly dtype: DType;
}

/** A free size of a template. */
export interface FreeSize {
  /** The axes that have it, as [index of the input, axis]. */
  readonly places: readonly (readonly [input: number, axis: number])[];
  /** The size from which all are known to be accepted: a window may be larger than a smaller size. */
  readonly minimum: number;
  /** The sizes from which it was found. */
  readonly seen: readonly number[];
}

/** The types of inputs in which some sizes are free. Axes that have always had equal sizes share one. */
export class SizeTemplate {
  readonly free: readonly FreeSize[];
  readonly #types: readonly KnownType[];

  private constructor(types: readonly KnownType[], free: readonly FreeSize[]) {
    this.#types = types;
    this.free = free;
  }

  /** A template without free sizes. */
  static of(types: readonly KnownType[]): SizeTemplate {
    return new SizeTemplate(types, []);
  }

  /** Whether only numbers of rows are free. */
  get isOnlyRows(): boolean {
    return this.free.every(isRows);
  }

  /** Whether all free sizes but numbers of rows are multiples of a number. */
  isMultiple(sizes: readonly number[], multiple: number): boolean {
    return this.free.every((each, i) => isRows(each) || (sizes[i] ?? 0) % multiple === 0);
  }

  /** Whether no free size is smaller than those that are known to be accepted. */
  isLargeEnough(sizes: readonly number[]): boolean {
    return this.free.every(({ minimum }, i) => minimum <= (sizes[i] ?? 0));
  }

  /** A string that is equal for templates with the same free axes. */
  get key(): string {
    return this.free.map(({ places }) => places.join(' ')).join('; ');
  }

  /** The free sizes of types; null if the types do not fit. */
  match(types: readonly KnownType[]): readonly number[] | null {
    const sizes = this.free.map(({ places: [first] }) => types[first?.[0] ?? 0]?.shape[first?.[1] ?? 0] ?? 0);
    const fits = this.at(sizes).every(({ shape }, i) => shape.join() === types[i]?.shape.join());
    return fits ? sizes : null;
  }

  /** The types for given free sizes. */
  at(sizes: readonly number[]): readonly KnownType[] {
    const shapes = this.#types.map(({ shape }) => [...shape]);
    for (const [i, { places }] of this.free.entries()) {
      for (const [input, axis] of places) {
        const shape = shapes[input];
        if (shape !== undefined) shape[axis] = sizes[i] ?? 0;
      }
    }
    return this.#types.map(({ dtype }, i) => ({ dtype, shape: shapes[i] ?? [] }));
  }

  /** The template that fits both this one and further types, with the axes free in which they differ. */
  including(types: readonly KnownType[]): SizeTemplate {
    const freeAt = new Map(this.free.flatMap((size, i) => size.places.map((place) => [place.join(), i] as const)));
    const groups = new Map<string, { places: [number, number][]; seen: Set<number> }>();
    for (const [input, { shape }] of this.#types.entries()) {
      for (const [axis, before] of shape.entries()) {
        const now = types[input]?.shape[axis] ?? 0;
        const known = freeAt.get(`${input},${axis}`);
        if (known === undefined && before === now) continue;
        const key = `${known ?? `new ${before}`} ${now}`;
        const group = groups.get(key) ?? {
          places: [],
          seen: new Set(known === undefined ? [before] : this.free[known]?.seen),
        };
        group.places.push([input, axis]);
        group.seen.add(now);
        groups.set(key, group);
      }
    }
    const free = [...groups.values()].map(({ places, seen }): FreeSize => {
      const size = { places, seen: [...seen], minimum: 1 };
      return isRows(size) ? size : { ...size, minimum: Math.min(...seen) };
    });
    return new SizeTemplate(this.#types, free);
  }
}

/** Whether a free size is that of the first axis in all inputs: the number of rows, on which no window or stride depends. */
const isRows = ({ places }: FreeSize): boolean => places.every(([, axis]) => axis === 0);

/** Seven successive numbers have all remainders modulo 2 to 7, which strides depend on; rows have no strides. */
const SAMPLES = 7;
const SAMPLES_OF_ROWS = 3;

/** Samples of the free sizes, all of which but numbers of rows are multiples of a number. */
export interface Sampling {
  readonly samples: readonly (readonly number[])[];
  readonly multiple: number;
}

/**
 * Lists of samples of the free sizes to try. Passes and rules choose by size, so the graphs of small samples can differ where
 * those of larger ones do not. Some networks, such as those that halve, double and concatenate, need multiples.
 */
export function samplesOf(template: SizeTemplate): readonly Sampling[] {
  const { free } = template;
  const { isOnlyRows } = template;
  const count = isOnlyRows ? SAMPLES_OF_ROWS : SAMPLES;
  const multiples = isOnlyRows ? [1] : [...new Set([1, commonPowerOfTwo(free.filter((each) => !isRows(each)))])];
  const starts = isOnlyRows ? [0, 127, 1009] : [0];
  const samplesFrom = (start: number, multiple: number): readonly (readonly number[])[] =>
    Array.from({ length: count }, (_, sample) =>
      free.map((each, i) => {
        // Each size takes the numbers in another order, so that none is a function of the others.
        const turn = (sample * ((i % (count - 1)) + 1) + i * i) % count;
        const least = Math.max(start, ...each.seen);
        return isRows(each) ? Math.max(least, 8) + turn : multiple * (Math.ceil(least / multiple) + 31 * i + turn);
      }),
    );
  return multiples.flatMap((multiple) => starts.map((start) => ({ samples: samplesFrom(start, multiple), multiple })));
}

function commonPowerOfTwo(free: readonly FreeSize[]): number {
  const all = free.flatMap(({ seen }) => seen);
  return [32, 16, 8, 4, 2].find((power) => all.every((size) => size % power === 0)) ?? 1;
}
