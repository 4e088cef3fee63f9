/** The values of a normalization layer. Those that the layer lacks, or that were not recorded, are null. */
export interface MonitoredLayer {
  /** The layer's name; `outer/inner` for a layer of a nested model. */
  readonly layer: string;
  /** The mean of each channel of the probe at the input of the layer; null without a probe and for other layers than BatchNormalization. */
  readonly batchMean: readonly number[] | null;
  /** The population variance of each channel of the probe at the input of the layer. */
  readonly batchVariance: readonly number[] | null;
  readonly movingMean: readonly number[] | null;
  readonly movingVariance: readonly number[] | null;
  readonly gamma: readonly number[] | null;
  readonly beta: readonly number[] | null;
}

/** The values that {@link NormalizationMonitor} records at one time. All are JSON. */
export interface MonitorRecord {
  /** The number of training steps before the record, since `fit` began. */
  readonly step: number;
  /** The epoch, counted from 0. */
  readonly epoch: number;
  readonly layers: readonly MonitoredLayer[];
  /** Percentiles of the inputs of the layers in `inputsOf`, in the order of `percentiles`. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** The Euclidean norm of the gradient of each weight, by the weight's path: `sequential/dense/kernel`. */
  readonly gradientNorms: Readonly<Record<string, number>>;
}

/** The values for each channel in a {@link MonitoredLayer}, with their names in files. */
export const CHANNEL_VALUES = {
  batchMean: 'batch_mean',
  batchVariance: 'batch_variance',
  movingMean: 'moving_mean',
  movingVariance: 'moving_variance',
  gamma: 'gamma',
  beta: 'beta',
} as const;

/** The name of such values in a {@link MonitoredLayer}. */
export type ChannelQuantity = keyof typeof CHANNEL_VALUES;

/** The header of CSV files. */
export const CSV_HEADER = 'step,epoch,name,quantity,channel,value\n';

/** A record as lines of a CSV file, one for each number. */
export function csvLines(
  { step, epoch, layers, inputs, gradientNorms }: MonitorRecord,
  levels: readonly number[],
): string {
  const lines: string[] = [];
  const add = (name: string, quantity: string, channel: number | '', value: number): unknown =>
    lines.push(`${step},${epoch},${quoted(name)},${quantity},${channel},${value}\n`);
  for (const layer of layers) {
    for (const [key, quantity] of Object.entries(CHANNEL_VALUES)) {
      const values = layer[key as ChannelQuantity] ?? [];
      for (const [channel, value] of values.entries()) add(layer.layer, quantity, channel, value);
    }
  }
  for (const [name, values] of Object.entries(inputs)) {
    for (const [i, value] of values.entries()) add(name, `input_percentile_${levels[i] ?? ''}`, '', value);
  }
  for (const [path, norm] of Object.entries(gradientNorms)) add(path, 'gradient_norm', '', norm);
  return lines.join('');
}

const quoted = (name: string): string => (/[",\r\n]/u.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
