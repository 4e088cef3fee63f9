import { DataType, type OnnxNode } from '../../onnx/index.ts';

/** The names of ONNX's element types in tables of operators. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [DataType.FLOAT, 'float32'],
  [DataType.FLOAT16, 'float16'],
  [DataType.DOUBLE, 'float64'],
  [DataType.INT32, 'int32'],
  [DataType.INT64, 'int64'],
  [DataType.UINT8, 'uint8'],
  [DataType.BOOL, 'bool'],
]);

/** The operators of an engine: each in its form, such as `Conv 2-D grouped`, with the dtypes for which it is implemented. */
export type OperatorTable = Readonly<Record<string, readonly string[]>>;

/** The name of an element type. */
export function dtypeName(dataType: number): string {
  return NAMES.get(dataType) ?? `type ${dataType}`;
}

/** Whether a table has an operator for a dtype. */
export function hasOperator(table: OperatorTable, key: string, dtype: string): boolean {
  return Object.hasOwn(table, key) && (table[key]?.includes(dtype) ?? false);
}

/** The operator of a node in its form: engines may implement some forms of an operator and others not. */
export function operatorKey({ opType, attributes, outputs }: OnnxNode): string {
  const rank = spatialRank(attributes['kernel_shape']?.value);
  switch (opType) {
    case 'Conv':
    case 'ConvTranspose':
      return windowKey(opType, rank, Number(attributes['group']?.value ?? 1));
    case 'MaxPool':
      return `${opType} ${rank}-D${(outputs[1] ?? '') === '' ? '' : ' with indices'}`;
    case 'AveragePool':
      return `${opType} ${rank}-D`;
    case 'BatchNormalization':
      return attributes['training_mode']?.value === 1 ? `${opType} training` : opType;
    case 'Cast':
      return `Cast to ${dtypeName(Number(attributes['to']?.value))}`;
    case 'Split':
      return outputs.length > 2 ? 'Split into many' : opType;
    case 'ScatterElements':
    case 'ScatterND': {
      const reduction = attributes['reduction']?.value;
      return typeof reduction === 'string' && reduction !== 'none' ? `${opType} ${reduction}` : opType;
    }
    case 'Resize': {
      const mode = attributes['mode']?.value;
      return `Resize ${typeof mode === 'string' ? mode : 'nearest'}`;
    }
    default:
      return opType;
  }
}

/** The key of a convolution over this number of spatial axes. */
export function windowKey(opType: 'Conv' | 'ConvTranspose', rank: number, groups: number): string {
  return `${opType} ${rank}-D${groups === 1 ? '' : ' grouped'}`;
}

const spatialRank = (shape: unknown): number => (Array.isArray(shape) ? shape.length : 0);
