import { slice } from '../../compiler/builder/index.ts';
import type { Value } from '../../compiler/ir/value.ts';
import {
  add,
  divide,
  equal,
  greater,
  log,
  logicalAnd,
  maximum,
  minimum,
  multiply,
  subtract,
  where,
  sum,
  divideNoNan,
} from '../ops/index.ts';
import type { Counts } from './confusion.ts';

/** Recall over the false positive rate, precision over recall, or the gain of precision over that of recall. */
export type Curve = 'ROC' | 'PR' | 'PRGAIN';

/** The height of the area between two points. */
export type SummationMethod = 'interpolation' | 'majoring' | 'minoring';

/** The values at all thresholds except the last, and at all except the first. */
function neighbors(x: Value): readonly [Value, Value] {
  const [count = 0, ...rest] = x.knownShape;
  const part = (from: number): Value => slice(x, [from, ...rest.map(() => 0)], [from + count - 1, ...rest]);
  return [part(0), part(1)];
}

/** Returns the areas under the curves of counts, whose first axis is that of the thresholds. */
export function curveAreas(counts: Counts, curve: Curve, method: SummationMethod): Value {
  if (curve === 'PR' && method === 'interpolation') return interpolatedPrecision(counts);
  const { x, y } = points(counts, curve);
  const [[left, right], [before, after]] = [neighbors(x), neighbors(y)];
  const heights =
    method === 'interpolation'
      ? divide(add(before, after), 2)
      : method === 'minoring'
        ? minimum(before, after)
        : maximum(before, after);
  return sum(multiply(subtract(left, right), heights), { axis: 0 });
}

interface Points {
  readonly x: Value;
  readonly y: Value;
}

function points({ truePositives, falsePositives, trueNegatives, falseNegatives }: Counts, curve: Curve): Points {
  const share = (a: Value, b: Value): Value => divideNoNan(a, add(a, b));
  const recall = share(truePositives, falseNegatives);
  if (curve === 'ROC') return { x: share(falsePositives, trueNegatives), y: recall };
  if (curve === 'PR') return { x: recall, y: share(truePositives, falsePositives) };
  const odds = divideNoNan(add(truePositives, falseNegatives), add(trueNegatives, falsePositives));
  const gain = (wrong: Value): Value => subtract(1, multiply(odds, divideNoNan(wrong, truePositives)));
  const isEmpty = equal(truePositives, 0);
  return { x: maximum(where(isEmpty, 0, gain(falseNegatives)), 0), y: where(isEmpty, 1, gain(falsePositives)) };
}

/**
 * The area under precision over recall. Between two thresholds true positives are a linear function of all positives p,
 * tp = s p + c, so precision is s + c / p, and its integral over tp is s (Δtp + c log(p₁ / p₂)) (Davis and Goadrich,
 * 2006).
 */
function interpolatedPrecision({ truePositives, falsePositives, falseNegatives }: Counts): Value {
  const [tp1, tp2] = neighbors(truePositives);
  const [p1, p2] = neighbors(add(truePositives, falsePositives));
  const [, fn2] = neighbors(falseNegatives);
  const gained = subtract(tp1, tp2);
  const slope = divideNoNan(gained, maximum(subtract(p1, p2), 0));
  const intercept = subtract(tp2, multiply(slope, p2));
  const isBoth = logicalAnd(greater(p1, 0), greater(p2, 0));
  const ratio = where(isBoth, divideNoNan(p1, maximum(p2, 0)), 1);
  const area = multiply(slope, add(gained, multiply(intercept, log(ratio))));
  return sum(divideNoNan(area, maximum(add(tp2, fn2), 0)), { axis: 0 });
}
