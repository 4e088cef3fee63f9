import type { Config } from '../../../core/config.ts';
import { isSerializedObject } from '../../../core/config.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';

/** A value of the option `dtype`: the name of a type, or Keras's config object of a policy. */
export type DTypeLike = DType | Config;

const HALF = ['float16', 'bfloat16', 'mixed_float16', 'mixed_bfloat16'];

/**
 * The type of a layer's variables and computation.
 * @throws ValueError for half precision, which the CPU engine cannot train, and for unknown types.
 */
export function readDType(value: DTypeLike | null | undefined, who: string): DType {
  if (value === null || value === undefined) return 'float32';
  const name: unknown = isSerializedObject(value) ? value.config['name'] : value;
  if (typeof name === 'string' && HALF.includes(name)) {
    throw new ValueError(
      `[${who}] dtype must be float32 or float64 for a layer: the engine has no half-precision training. Received: dtype=${show(name)}.`,
    );
  }
  return checkDType(name, who);
}

/** Keras's config object of the policy of one type. */
export function policyConfig(dtype: DType): Config {
  return { module: 'keras', class_name: 'DTypePolicy', config: { name: dtype }, registered_name: null };
}
