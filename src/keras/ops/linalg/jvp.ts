import { checkBoolean, checkOptions } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import { gradients } from '../../../compiler/autodiff/gradients.ts';
import * as build from '../../../compiler/builder/index.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { checkFunction } from '../base/check-function.ts';
import { type Computed, callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type ValuesOf } from '../base/structure.ts';

/** Options of {@link jvp}. */
export interface JvpOptions<HasAux extends boolean = boolean> {
  /** Whether the function returns a pair, whose second entry is not differentiated. @default false */
  hasAux?: HasAux;
}

const WHO = 'ops.jvp';

/**
 * The result of a function and its derivative in a direction, the product of the Jacobian and the tangents:
 *
 *     [y, ∂y] = [f(x), J(x) · v],   J = ∂f / ∂x
 *
 * It is computed by differentiating the gradient Jᵀ·u, which is linear in u, with respect to u: everything between must have a
 * second gradient.
 *
 * Shapes: primals is the list of the function's arguments, tangents one of the same structure and shapes; the derivatives have
 * the structure and the shapes of the result.
 *
 * @returns the result and its derivatives; with `hasAux` also the second entry of what the function returns
 * @throws ValueError if primals and tangents differ in structure or shape, or a primal is not a floating-point number.
 * @example
 * const f = jit((x, v) => ops.jvp(ops.sin, [x], [v]));
 * const [y, derivative] = await f(0, 3);
 * y.item();            // 0
 * derivative.item();   // 3
 * @see https://keras.io/api/ops/linalg/#jvp-function
 */
export function jvp<const Primals extends readonly unknown[], const Y>(
  fun: (...primals: { [I in keyof Primals]: ValuesOf<Primals[I]> }) => Y,
  primals: Primals,
  tangents: readonly unknown[],
  options?: JvpOptions<false>,
): [primalsOut: ComputedFrom<NoInfer<Primals>, NoInfer<Y>>, tangentsOut: ComputedFrom<NoInfer<Primals>, NoInfer<Y>>];
export function jvp<const Primals extends readonly unknown[], const Y, const Aux>(
  fun: (...primals: { [I in keyof Primals]: ValuesOf<Primals[I]> }) => readonly [Y, Aux],
  primals: Primals,
  tangents: readonly unknown[],
  options: JvpOptions<true>,
): [
  primalsOut: ComputedFrom<NoInfer<Primals>, NoInfer<Y>>,
  tangentsOut: ComputedFrom<NoInfer<Primals>, NoInfer<Y>>,
  aux: ComputedFrom<NoInfer<Primals>, NoInfer<Aux>>,
];
export function jvp(
  fun: (...primals: never) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  options: JvpOptions = {},
): unknown {
  checkFunction(WHO, 'fun', fun);
  checkOptions(WHO, options, ['hasAux']);
  const { hasAux = false } = options;
  checkBoolean(WHO, 'hasAux', hasAux);
  for (const [name, list] of Object.entries({ primals, tangents })) {
    if (!Array.isArray(list)) {
      throw new TypeError(`[${WHO}] ${name} must be a list of arguments. Received: ${name}=${show(list)}.`);
    }
  }
  return callWithFunctions({
    className: 'JVP',
    module: 'linalg',
    who: WHO,
    operands: { primals: Flat.entries(WHO, 'primals', primals), tangents: Flat.entries(WHO, 'tangents', tangents) },
    run: (xs, vs) =>
      derivatives(
        fun,
        Flat.entries(WHO, 'primals', xs as readonly unknown[]),
        Flat.entries(WHO, 'tangents', vs as readonly unknown[]),
        hasAux,
      ),
  });
}

function derivatives(
  fun: (...primals: readonly never[]) => unknown,
  primals: Flat,
  tangents: Flat,
  hasAux: boolean,
): Computed {
  // Values of their own: one primal may be another one, or depend on it.
  const xs = primals.values(WHO).map((x) => createNode('reshape', [x], { shape: x.shape })[0]);
  const vs = readTangents(primals, xs, tangents);
  const made = fun(...(primals.restore(xs) as readonly never[]));
  const [result, extra] = hasAux ? readPair(made) : [made, null];
  const out = Flat.of(WHO, 'the result of the function', result);
  const aux = Flat.of(WHO, 'the second result of the function', extra);
  const ys = out.values(WHO);
  const us = ys.map((y) => build.fullLike(y, 0));
  const products = ys.flatMap((y, k) => (isFloat(y.dtype) ? productsWith(gradients(y, xs, us[k]), vs) : []));
  const [first, ...rest] = products;
  const total = first === undefined ? null : build.addAll([first, ...rest]);
  const found = total === null ? [] : gradients(total, us);
  const values = [...ys, ...ys.map((y, k) => found[k] ?? build.fullLike(y, 0)), ...aux.values(WHO)];
  return {
    values,
    restore: (leaves) => {
      const results = [out.restore(leaves), out.restore(leaves.slice(ys.length))];
      return hasAux ? [...results, aux.restore(leaves.slice(2 * ys.length))] : results;
    },
  };
}

/** Σ g · v for each gradient that exists. */
const productsWith = (found: readonly (Value | null)[], vs: readonly Value[]): readonly Value[] =>
  found.flatMap((gradient, i) => {
    const tangent = vs[i];
    if (gradient === null || tangent === undefined) return [];
    const product = build.multiply(gradient, tangent);
    return [build.sum(product, { axes: product.shape.map((_, axis) => axis) })];
  });

function readPair(made: unknown): readonly [unknown, unknown] {
  if (Array.isArray(made) && made.length === 2) return made as unknown as readonly [unknown, unknown];
  throw new TypeError(`[${WHO}] with hasAux, the function must return a pair. Received: ${show(made)}.`);
}

function readTangents(primals: Flat, xs: readonly Value[], tangents: Flat): readonly Value[] {
  if (primals.key !== tangents.key) {
    throw new ValueError(
      `[${WHO}] tangents must have the structure of primals. Received: ${tangents.key} and ${primals.key}, where true stands for an operand.`,
    );
  }
  return tangents.values(WHO).map((tangent, i) => {
    const x = xs[i] ?? tangent;
    if (!isFloat(x.dtype)) {
      throw new ValueError(`[${WHO}] primals must be floating-point numbers. Received: ${x.dtype}. Cast them.`);
    }
    if (compatible(x.shape, tangent.shape)) return castTo(tangent, x.dtype);
    throw new ValueError(
      `[${WHO}] a tangent must have the shape of its primal. Received: shape ${showShape(tangent.shape)} for ${showShape(x.shape)}.`,
    );
  });
}
