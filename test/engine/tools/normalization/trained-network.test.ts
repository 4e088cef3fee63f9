import { expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import type { BatchNormalization } from '../../../../src/keras/layers/index.ts';
import { diagnoseNormalization } from '../../../../src/tools/normalization/index.ts';
import { lcg } from '../../../support/lcg.ts';
import { nsfwjsNetwork } from '../../../support/nsfwjs-network.ts';

const ROWS = 256;
const numbersOf = (part: { readonly value: Tensor } | null): readonly number[] => Array.from(part!.value.data, Number);

/** Inputs with the moving statistics of a layer, and rare large values, as features of images have. */
function inputsOf({ movingMean, movingVariance, gamma }: BatchNormalization, seed: number): Tensor {
  const [mean, variance, scale] = [movingMean, movingVariance, gamma].map(numbersOf) as [number[], number[], number[]];
  const channels = mean.length;
  const data = Float32Array.from(lcg([ROWS, channels], seed), (uniform, i) => {
    const c = i % channels;
    // E^1.5 of an exponential E has the mean Γ(2.5) and the second moment Γ(4) = 6.
    const skewed = (-Math.log((uniform + 1) / 2 + 1e-7)) ** 1.5;
    return mean[c]! + (Math.sign(scale[c]!) * Math.sqrt(variance[c]!) * (skewed - 1.3293)) / Math.sqrt(6 - 1.3293 ** 2);
  });
  return new Tensor(data, [ROWS, channels]);
}

test('diagnoseNormalization raises no alarm for the 52 layers of a trained MobileNetV2 on data with its statistics', async () => {
  const { model, normalizations } = nsfwjsNetwork();
  const data = normalizations.map((layer, i) => inputsOf(layer, i + 1));
  const { findings, layers } = await diagnoseNormalization(model, data);
  expect(layers).toHaveLength(52);
  // Variances that 8 bits round to the lowest value of their layer make a channel constant.
  const isRounded = (name: string, channel: number): boolean => {
    const variance = numbersOf(normalizations.find((layer) => layer.name === name)!.movingVariance);
    return variance[channel]! <= Math.min(...variance) * 1.01;
  };
  const alarms = findings.map(({ kind, layers: concerned }) => ({
    kind,
    channels: concerned.flatMap(({ layer, channels }) =>
      channels.length === 0
        ? [layer]
        : channels.filter((channel) => !isRounded(layer, channel)).map((channel) => `${layer} ${channel}`),
    ),
  }));
  expect(alarms.filter(({ channels }) => channels.length > 0)).toEqual([]);
});
