import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, unify } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { type Path, findPath } from './einsum-path.ts';
import { type Label, lettersOf, readSubscripts } from './einsum-subscripts.ts';

/** A value, and what its axes are. */
interface Term {
  readonly value: Value;
  readonly labels: readonly Label[];
}

const WHO = 'ops.einsum';

/** The factors of an einsum: the operands without repeated labels, without sums over axes of one operand alone. */
class Contraction {
  readonly #sizes = new Map<Label, number | null>();
  readonly #output: ReadonlySet<Label>;
  readonly factors: readonly Term[];

  constructor(operands: readonly Term[], output: readonly Label[]) {
    this.#output = new Set(output);
    for (const { value, labels } of operands) this.#learnSizes(value.shape, labels);
    const diagonals = operands.map((term) => takeDiagonals(this.#withoutSingletons(term)));
    this.factors = diagonals.map((term, i) => {
      const others = new Set([...output, ...diagonals.flatMap(({ labels }, j) => (i === j ? [] : labels))]);
      return sumOver(term, (label) => !others.has(label));
    });
  }

  /** The number of elements along a label; null if it is not known while a model is described. */
  sizeOf(label: Label): number | null {
    return this.#sizes.get(label) ?? null;
  }

  #learnSizes(shape: Shape, labels: readonly Label[]): void {
    for (const [axis, label] of labels.entries()) {
      const size = shape[axis] ?? null;
      const known = this.#sizes.get(label);
      if (known === undefined || known === 1 || (known === null && size !== 1)) this.#sizes.set(label, size);
      else if (size !== null && size !== 1 && known !== null && size !== known) {
        throw new ValueError(
          `[${WHO}] the axes of a letter must have one size, or 1. Received: ${known} and ${size} for ${show(label)}, of an operand of shape ${showShape(shape)}.`,
        );
      }
    }
  }

  /** The term without the axes of size 1 along which it is repeated. */
  #withoutSingletons({ value, labels }: Term): Term {
    const kept = labels.flatMap((label, axis) => (value.shape[axis] === 1 && this.sizeOf(label) !== 1 ? [] : [axis]));
    const wrong = labels.find(
      (label, axis) => !kept.includes(axis) && labels.indexOf(label) !== labels.lastIndexOf(label),
    );
    if (wrong !== undefined) {
      throw new ValueError(
        `[${WHO}] the axes of a letter that is repeated in a term must have one size. Received: ${show(wrong)} of an operand of shape ${showShape(value.shape)}.`,
      );
    }
    if (kept.length === labels.length) return { value, labels };
    const shape = kept.map((axis) => value.shape[axis] ?? null);
    return { value: build.reshape(value, shape), labels: at(labels, kept) };
  }

  /** The product of two terms, summed over the labels that neither the result nor another factor has. */
  multiply(first: Term, second: Term, others: readonly Term[]): Term {
    const [a, b] = this.#inOrderOfOutput(first, second);
    const needed = new Set([...this.#output, ...others.flatMap(({ labels }) => labels)]);
    const summed = a.labels.filter((label) => b.labels.includes(label) && !needed.has(label));
    const shared = this.#sorted(a.labels.filter((label) => b.labels.includes(label) && needed.has(label)));
    const left = this.#sorted(a.labels.filter((label) => !b.labels.includes(label)));
    const right = this.#sorted(b.labels.filter((label) => !a.labels.includes(label)));
    const labels = [...shared, ...left, ...right];
    if (summed.length === 0) return this.#multiplyElements(a, b, labels);
    const sizes = (of: readonly Label[]): Shape => of.map((label) => this.sizeOf(label));
    const [batch, inner, columns] = [sizes(shared), product(sizes(summed)), product(sizes(right))];
    // The last axis stays last where possible: a product reads a matrix in either order.
    const transposeA = left.includes(a.labels.at(-1) ?? '');
    const transposeB = summed.includes(b.labels.at(-1) ?? '');
    // A single matrix on the right multiplies any number of rows.
    const isPlain = shared.length === 0 && left.length > 0 && !transposeA;
    const rows = isPlain ? sizes(left) : [product(sizes(left))];
    const x = arrange(a, transposeA ? [...shared, ...summed, ...left] : [...shared, ...left, ...summed]);
    const y = arrange(b, transposeB ? [...shared, ...right, ...summed] : [...shared, ...summed, ...right]);
    const [value] = createNode(
      'matmul',
      [
        build.reshape(x, [...batch, ...(transposeA ? [inner, ...rows] : [...rows, inner])]),
        build.reshape(y, [...batch, ...(transposeB ? [columns, inner] : [inner, columns])]),
      ],
      { transposeA, transposeB },
    );
    return { value: build.reshape(value, sizes(labels)), labels };
  }

  /** Two terms, so that the last axis of the result is one of the second term. */
  #inOrderOfOutput(a: Term, b: Term): readonly [Term, Term] {
    const last = [...this.#output].at(-1) ?? '';
    return a.labels.includes(last) && !b.labels.includes(last) ? [b, a] : [a, b];
  }

  /** Labels in the order of the result; those that it does not have come last. */
  #sorted(labels: readonly Label[]): readonly Label[] {
    const order = [...this.#output];
    return [...order.filter((label) => labels.includes(label)), ...labels.filter((label) => !this.#output.has(label))];
  }

  #multiplyElements(a: Term, b: Term, labels: readonly Label[]): Term {
    const spread = (term: Term): Value => {
      const shape = labels.map((label) => (term.labels.includes(label) ? this.sizeOf(label) : 1));
      return build.reshape(
        arrange(
          term,
          labels.filter((label) => term.labels.includes(label)),
        ),
        shape,
      );
    };
    return { value: build.multiply(spread(a), spread(b)), labels };
  }
}

const at = <T>(list: readonly T[], places: readonly number[]): readonly T[] => {
  return places.map((place) => list[place]).filter((entry) => entry !== undefined);
};

/** The product of sizes; null if one is unknown. */
const product = (sizes: Shape): number | null =>
  sizes.reduce<number | null>((total, size) => (total === null || size === null ? null : total * size), 1);

/** The value with its axes in an order. */
function arrange({ value, labels }: Term, order: readonly Label[]): Value {
  return build.transpose(
    value,
    order.map((label) => labels.indexOf(label)),
  );
}

/** Takes the diagonal of axes of one label: every (n + 1)-th element of the n² elements of two axes. */
function takeDiagonals({ value, labels }: Term): Term {
  const axis = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (axis < 0) return { value, labels };
  const first = labels.indexOf(labels[axis] ?? '');
  const others = labels.flatMap((_, i) => (i === axis || i === first ? [] : [i]));
  const moved = build.transpose(value, [...others, first, axis]);
  const size = moved.shape.at(-1) ?? null;
  const outer = moved.shape.slice(0, -2);
  const flat = build.reshape(moved, [...outer, size === null ? null : size * size]);
  const diagonal =
    size === null
      ? build.reshape(flat, [...outer, null])
      : build.slice(
          flat,
          [...outer.map(() => 0), 0],
          [...outer.map(() => Infinity), size * size],
          [...outer.map(() => 1), size + 1],
        );
  return takeDiagonals({ value: diagonal, labels: at(labels, [...others, first]) });
}

function sumOver({ value, labels }: Term, isSummed: (label: Label) => boolean): Term {
  const axes = labels.flatMap((label, axis) => (isSummed(label) ? [axis] : []));
  if (axes.length === 0) return { value, labels };
  return { value: build.sum(value, { axes }), labels: labels.filter((label) => !isSummed(label)) };
}

/** Multiplies the factors in the order of the path. */
function multiplyAll(contraction: Contraction, path: Path): Term {
  const membersOf = (part: Path): readonly number[] => (typeof part === 'number' ? [part] : part.flatMap(membersOf));
  const terms = contraction.factors;
  const evaluate = (part: Path, outside: readonly Term[]): Term => {
    if (typeof part === 'number') {
      const term = terms[part];
      if (term !== undefined) return term;
      throw new ValueError(`[${WHO}] there must be at least one operand. Received: none.`);
    }
    const [a, b] = part;
    const inside = (other: Path): readonly Term[] => at(terms, membersOf(other));
    return contraction.multiply(
      evaluate(a, [...outside, ...inside(b)]),
      evaluate(b, [...outside, ...inside(a)]),
      outside,
    );
  };
  return evaluate(path, []);
}

function compute(operands: readonly Operand[], subscripts: string): Value {
  if (operands.length === 0) throw new ValueError(`[${WHO}] there must be at least one operand. Received: none.`);
  const values = unify(operands);
  const type = values[0]?.dtype ?? 'float32';
  // The engine multiplies no small integers; as for matmul, the result has their type.
  const isNarrow = type === 'uint8' || type === 'bool';
  const { operands: labels, output } = readSubscripts(
    subscripts,
    values.map(({ shape }) => shape),
  );
  const terms = values.map((value, i) => ({
    value: isNarrow ? castTo(value, 'int32') : value,
    labels: labels[i] ?? [],
  }));
  const contraction = new Contraction(terms, output);
  const path = findPath(
    contraction.factors.map((term) => term.labels),
    output,
    (label) => contraction.sizeOf(label) ?? 1,
  );
  const result = multiplyAll(contraction, path);
  return castTo(arrange(result, output), type);
}

const recorded = op(
  'numpy.Einsum',
  ['*operands'],
  { subscripts: REQUIRED },
  function einsum(operands: readonly Operand[], subscripts: string): Value {
    return compute(operands, subscripts);
  },
);

type Axes = readonly (number | '...')[];

type Einsum = Symbolic<(subscripts: string, ...operands: readonly Operand[]) => Value> &
  ((operand: Operand, axes: Axes, ...rest: readonly (Operand | Axes)[]) => Value);

/**
 * A sum of products by Einstein's convention. Each operand has a term with a letter for each of its axes. Axes of one letter are
 * multiplied element by element, or, within a term, reduced to their diagonal; letters that the result does not have
 * are summed over. `...` stands for axes that broadcast. Without `->` the result has the axes of the ellipsis, then the
 * letters that occur once, in alphabetical order. Axes of size 1 broadcast.
 *
 * Several operands are multiplied in the order that needs the fewest multiplications. Instead of subscripts, each operand may be
 * followed by a list of numbers, of which the last one may be that of the result: `einsum(a, [0, 1], b, [1, 2], [0, 2])`.
 *
 * @throws ValueError if the subscripts are malformed or do not fit the operands.
 * @example
 * await jit((a, b) => ops.einsum('ij,jk->ik', a, b))([[1, 2], [3, 4]], [[1], [10]]);   // [[21], [43]]
 * await jit((a) => ops.einsum('ii', a))([[1, 2], [3, 4]]);                              // 5
 * await jit((a, b) => ops.einsum('...i,...i', a, b))([[1, 2], [3, 4]], [1, 10]);        // [21, 43]
 * await jit((a) => ops.einsum(a, [0, 1], [1, 0]))([[1, 2], [3, 4]]);                    // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#einsum-function
 */
export const einsum: Einsum = Object.assign(
  function einsum(first: unknown, ...rest: readonly unknown[]): never {
    const [operands, subscripts] = typeof first === 'string' ? [rest, first] : readLists([first, ...rest]);
    // The operands are values or symbolic tensors, as the result is.
    return recorded(operands as readonly Value[], subscripts) as never;
  },
  { specification: recorded.specification },
);

/** Operands and lists of axes in turn, as operands and subscripts. */
function readLists(all: readonly unknown[]): readonly [readonly unknown[], string] {
  const operands = all.filter((_, i) => i % 2 === 0 && i + 1 < all.length);
  const lists = all.filter((_, i) => i % 2 === 1).map(checkAxes);
  return [operands, lettersOf(lists, all.length % 2 === 1 ? checkAxes(all.at(-1)) : null)];
}

function checkAxes(list: unknown): Axes {
  if (Array.isArray(list)) return list as Axes;
  throw new TypeError(
    `[${WHO}] each operand must be followed by the list of its axes, or all of them by subscripts. Received: ${show(list)}.`,
  );
}
