import { checkBoolean, checkInteger, checkOptions } from '../../../core/checks.ts';
import { callWithFunctions } from '../base/function-operation.ts';
import { type ComputedFrom, Flat, type Structure, type SymbolicStructure, type ValuesOf } from '../base/structure.ts';
import { checkFunction } from '../base/check-function.ts';
import { scanned } from './scanned.ts';

/** Options of {@link scan}. */
export interface ScanOptions {
  /** The number of steps. @default null, the length of xs */
  length?: number | null;
  /** Whether the last slice comes first. @default false */
  reverse?: boolean;
  /** The number of steps in one round of the loop, or whether there is no loop. The result does not depend on it. @default 1 */
  unroll?: number | boolean;
}

const WHO = 'ops.scan';

/**
 * Calls a function for each slice of xs along the first axis, passing on a state, the carry:
 *
 *     (carryₜ, yₜ) = f(carryₜ₋₁, xₜ),   result = [last carry, all y along a new first axis]
 *
 * The function is traced once. What it computes without the carry is computed for all steps at once.
 *
 * Shapes: init, xs and the results of f are operands in any arrays and records, or null for none; the carry keeps its structure,
 * shapes and dtypes.
 *
 * @throws ValueError if the lengths differ or are unknown, or the carry changes its type; TypeError if f does not return a pair.
 * @example
 * const sums = jit((xs) => ops.scan((sum, x) => [ops.add(sum, x), ops.add(sum, x)], 0, xs));
 * const [last, all] = await sums([1, 2, 3, 4, 5]);
 * last.item();     // 15
 * all.toArray();   // [1, 3, 6, 10, 15]
 * @see https://keras.io/api/ops/core/#scan-function
 */
export function scan<const Init, const Xs, const Y>(
  f: (carry: ValuesOf<Init>, x: ValuesOf<Xs>) => readonly [carry: Structure, y: Y],
  init: Init,
  xs: Xs,
  options?: ScanOptions,
): [carry: ComputedFrom<NoInfer<Init | Xs>, NoInfer<Init>>, ys: ComputedFrom<NoInfer<Init | Xs>, NoInfer<Y>>];
export function scan(
  f: (carry: never, x: never) => readonly [Structure, Structure],
  init: SymbolicStructure,
  xs: SymbolicStructure,
  options: ScanOptions = {},
): unknown {
  checkFunction(WHO, 'f', f);
  checkOptions(WHO, options, ['length', 'reverse', 'unroll']);
  const { length = null, reverse = false, unroll = 1 } = options;
  if (length !== null) checkInteger(WHO, 'length', length, 0);
  checkBoolean(WHO, 'reverse', reverse);
  if (typeof unroll !== 'boolean') checkInteger(WHO, 'unroll', unroll, 1);
  return callWithFunctions({
    className: 'Scan',
    who: WHO,
    operands: { init: Flat.of(WHO, 'init', init), xs: Flat.of(WHO, 'xs', xs) },
    run: (carry, slices) =>
      scanned(f, Flat.of(WHO, 'init', carry), Flat.of(WHO, 'xs', slices), { length, reverse, unroll }, WHO),
  });
}
