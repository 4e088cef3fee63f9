/** The constraints: a line for each file. The classes that strings and configs name are derived from these exports. */
export {
  type AxisOption,
  MaxNorm,
  type MaxNormOptions,
  MinMaxNorm,
  type MinMaxNormOptions,
  NonNeg,
  UnitNorm,
} from './norms.ts';
