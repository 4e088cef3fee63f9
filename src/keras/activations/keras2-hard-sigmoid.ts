import { add, maximum, minimum, multiply } from '../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../compiler/builder/operand.ts';
import type { Value } from '../../compiler/ir/value.ts';

/** The name in files, which Keras does not have. */
export const KERAS2_HARD_SIGMOID = 'keras2_hard_sigmoid';

/**
 * The hard sigmoid of Keras 2 and TensorFlow.js, max(0, min(1, x / 5 + 1 / 2)): Keras 3 has changed the slope to 1 / 6. It is the
 * default of the gates of recurrent layers there, so that models from there need it.
 */
export const keras2HardSigmoid = (x: Operand): Value => maximum(minimum(add(multiply(toFloat(x), 0.2), 0.5), 1), 0);

// Configs contain the name of the function, which a minifier would change.
Object.defineProperty(keras2HardSigmoid, 'name', { value: KERAS2_HARD_SIGMOID });
