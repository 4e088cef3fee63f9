import { ValueError } from '../../../core/errors.ts';
import { own } from '../../../core/own.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { HashedCrossing } from '../../layers/preprocessing/hashed-crossing.ts';
import { type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { EncodedPart, FeatureEncoding } from './feature-encoder.ts';
import { type FeatureParts, checkCrossed } from './preprocess-data.ts';

/** The features and the crosses as parts of the encoding, each in the order of their names. */
export function encodedPartsOf({ features, crosses, crossers }: FeatureParts): readonly EncodedPart[] {
  const ofFeatures = [...features].map(([name, { preprocessor, outputMode }]): EncodedPart => {
    return { name, layer: preprocessor, outputMode };
  });
  const ofCrosses = crosses.map(({ name, outputMode }): EncodedPart => {
    return { name, layer: own(crossers, name) as HashedCrossing, outputMode };
  });
  const byName = (a: EncodedPart, b: EncodedPart): number => (a.name < b.name ? -1 : 1);
  return [...ofFeatures.sort(byName), ...ofCrosses.sort(byName)];
}

/** The symbolic encoded features of symbolic inputs. */
export function encodeSymbolically(
  { who, features, crosses, crossers }: FeatureParts,
  inputs: Readonly<Record<string, KerasTensor>>,
  encoding: FeatureEncoding,
): KerasTensor | Record<string, KerasTensor> {
  const preprocessed = new Map(
    [...features].map(([name, { preprocessor }]) => [name, applyTo(preprocessor, own(inputs, name) as KerasTensor)]),
  );
  const bins = crosses.map((cross): [string, KerasTensor] => {
    const operands = cross.featureNames.map((name) => preprocessed.get(name) as KerasTensor);
    for (const [i, name] of cross.featureNames.entries()) checkCrossed(who, cross, name, operands[i]?.dtype ?? '');
    return [cross.name, applyTo(own(crossers, cross.name) as HashedCrossing, operands)];
  });
  return encoding.encode(Object.fromEntries([...preprocessed, ...bins]), applyTo);
}

/** Calls a layer on symbolic tensors. @throws ValueError if it returns several */
function applyTo(layer: Layer, inputs: KerasTensor | readonly KerasTensor[]): KerasTensor {
  const result: unknown = layer.apply(inputs);
  if (isKerasTensor(result)) return result;
  throw new ValueError(`[${layer.who}] a preprocessor must return one array. Received: several.`);
}
