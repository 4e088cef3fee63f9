import { describe, expect, test } from 'vitest';
import { NonNeg } from '../../../../src/keras/constraints/index.ts';
import { Ones } from '../../../../src/keras/initializers/index.ts';
import { fieldsOf, layerFields } from '../../../../src/keras/layers/base/layer-fields.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { deserializeLayer, layerClasses, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { L2 } from '../../../../src/keras/regularizers/index.ts';
import { type Field, keyOf, positionalOptions } from '../../../../src/keras/saving/fields.ts';

type LayerClass = Pick<typeof layers.Layer, 'className' | 'fields'> &
  (new (...args: readonly unknown[]) => layers.Layer);

const square = (x: unknown): unknown => x;

/** Values for positional arguments, by their names. */
const ARGUMENTS: Readonly<Record<string, unknown>> = {
  ...{ units: 3, filters: 4, kernelSize: 2, inputDim: 5, outputDim: 3, n: 2, dims: [2, 1], targetShape: [2, -1] },
  ...{ rate: 0.5, stddev: 0.5, scale: 0.5, axes: 1, axis: -1, activation: 'relu', initValues: 0.5, projectionDim: 3 },
  ...{ dropPathRate: 0.5, function: square, layer: new layers.Dense(2), equation: 'ab,bc->ac', outputShape: [4] },
  ...{ numHeads: 2, keyDim: 3, headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2, outputSize: 2 },
  ...{ factor: 1, heightFactor: 0.5, widthFactor: 0.5, height: 3, width: 2, maxNumber: 3, numBins: 4, numTokens: 4 },
  ...{ cell: new layers.LSTMCell(2), cells: [new layers.LSTMCell(2)], layers: [new layers.Dense(2)] },
};

/** Arguments of classes for which those of other classes with the same name do not fit. */
const SPECIAL: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Bidirectional: { layer: new layers.LSTM(2) },
};

/** Options whose defaults depend on other options. */
const DERIVED = [
  ...['strides of MaxPooling', 'strides of AveragePooling', 'seed of RandomCrop'],
  ...['numBins of Discretization', 'vocabularySize of TextVectorization'],
  ...['sequenceLength of MelSpectrogram', 'maxFreq of MelSpectrogram'],
];
const isDerived = (className: string, option: string): boolean =>
  DERIVED.some((derived) => `${option} of ${className}`.startsWith(derived));

/** A value that differs from the default, and the attribute that it leads to; undefined for options of other kinds. */
function otherValue(option: string, { byDefault }: Field): readonly [given: unknown, attribute: unknown] | undefined {
  if (typeof byDefault === 'boolean') return [!byDefault, !byDefault];
  if (option.endsWith('Initializer')) return ['ones', expect.any(Ones)];
  if (option.endsWith('Regularizer')) return ['l2', expect.any(L2)];
  if (option.endsWith('Constraint')) return ['non_neg', expect.any(NonNeg)];
  if (option === 'dataFormat') return ['channels_first', 'channels_first'];
  if (['momentum', 'epsilon', 'renormMomentum', 'threshold', 'alpha', 'negativeSlope'].includes(option))
    return [0.25, 0.25];
  return option === 'seed' ? [7, 7] : undefined;
}

const classes = new Map(
  Object.entries(layerClasses).map(([, found]) => {
    const layerClass = found as unknown as LayerClass;
    return [layerClass.className, layerClass] as const;
  }),
);

describe.each([...classes])('the options of %s', (className, layerClass) => {
  const fields = fieldsOf(layerClass);
  const own = Object.entries(layerClass.fields).filter(([option]) => !Object.hasOwn(layerFields, option));
  const positional = positionalOptions(fields);
  const args = positional.map((option) => SPECIAL[className]?.[option] ?? ARGUMENTS[option]);
  const needed = className === 'InputLayer' ? { shape: [2] } : className === 'Discretization' ? { numBins: 4 } : {};
  const make = (options: object = {}): layers.Layer => new layerClass(...args, { ...needed, ...options });
  const attributes = (layer: layers.Layer): Readonly<Record<string, unknown>> => layer as never;

  // Keras writes the arguments of EinsumDense in another order than that of its constructor.
  test.skipIf(['Lambda', 'EinsumDense'].includes(className))('are the keys of the config, in order', () => {
    const keys = Object.entries(fields).map(([option, field]) => keyOf(option, field));
    const config = Object.keys(make().getConfig());
    expect(config).toEqual(keys.filter((key) => key !== null && config.includes(key)));
  });

  test.skipIf(className === 'Lambda')('lead through the config to an equal layer', () => {
    const layer = make({ name: 'original' });
    const config = JSON.stringify(serializeLayer(layer));
    expect(JSON.stringify(serializeLayer(deserializeLayer(JSON.parse(config))))).toBe(config);
  });

  test('have their defaults as attributes', () => {
    const layer = make();
    for (const [option, field] of own) {
      const attribute = field.attribute === undefined ? option : field.attribute;
      if (attribute === null || positional.includes(option) || isDerived(className, option)) continue;
      if (className === 'InputLayer' && option === 'batchShape') continue;
      const expected = field.read(layer.who, option, field.byDefault);
      expect(
        typeof expected === 'object' ? structure(attributes(layer)[attribute]) : attributes(layer)[attribute],
      ).toEqual(typeof expected === 'object' ? structure(expected) : expected);
    }
  });

  test('are attributes once given', () => {
    for (const [option, field] of own) {
      const other = otherValue(option, field);
      if (other === undefined || field.isConstant === true || positional.includes(option)) continue;
      if (className === 'SyncBatchNormalization' && option === 'synchronized') continue;
      if (className.endsWith('BatchNormalization') && option === 'fused') continue;
      // Refused, or only with another option.
      if (['sparse', 'ragged', 'padToMaxTokens'].includes(option)) continue;
      const attribute = field.attribute ?? option;
      expect(attributes(make({ [option]: other[0] }))[attribute], option).toEqual(other[1]);
    }
  });
});

/** An object by its class and entries: initializers with seeds differ in nothing else. */
function structure(value: unknown): unknown {
  return value === null || Array.isArray(value) ? value : (value as object).constructor;
}
