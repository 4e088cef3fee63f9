import { ValueError } from '../../core/errors.ts';
import type { Layer } from '../../keras/layers/base/layer.ts';
import { BatchNormalization } from '../../keras/layers/normalization/batch-normalization.ts';
import { GroupNormalization } from '../../keras/layers/normalization/group-normalization.ts';
import { LayerNormalization } from '../../keras/layers/normalization/layer-normalization.ts';
import type { Place } from './places.ts';

/** The settings of PyTorch's modules; null if unspecified. */
export interface Conventions {
  readonly eps: number | null;
  readonly momentum: number | null;
}

/** PyTorch's defaults. */
const EPS = 1e-5;
const MOMENTUM = 0.1;

/**
 * Compares the layers' settings with PyTorch's, which a state dict does not contain.
 *
 * @returns the differences from PyTorch's defaults
 * @throws ValueError if a layer differs from a specified setting
 */
export function checkConventions(who: string, places: readonly Place[], { eps, momentum }: Conventions): string[] {
  const notes: string[] = [];
  for (const layer of new Set(places.map((place) => place.layer))) {
    const epsilon = epsilonOf(layer);
    if (epsilon !== null && !isNear(epsilon, eps ?? EPS)) {
      if (eps !== null) throw differs(who, layer, 'epsilon', 'eps', eps, epsilon, eps);
      notes.push(`${layer.who} has epsilon ${epsilon}; PyTorch's eps is ${EPS} unless it was given.`);
    }
    if (!(layer instanceof BatchNormalization)) continue;
    const own = layer.momentum;
    const expected = 1 - (momentum ?? MOMENTUM);
    if (isNear(own, expected)) continue;
    if (momentum !== null) throw differs(who, layer, 'momentum', 'momentum', momentum, own, expected);
    notes.push(
      `${layer.who} has momentum ${own}; PyTorch's ${MOMENTUM}, unless it was given, is ${1 - MOMENTUM} in Keras.`,
    );
  }
  return notes;
}

function epsilonOf(layer: Layer): number | null {
  if (layer instanceof BatchNormalization) return layer.epsilon;
  return layer instanceof GroupNormalization || layer instanceof LayerNormalization ? layer.epsilon : null;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

function differs(
  who: string,
  layer: Layer,
  setting: string,
  option: string,
  given: number,
  own: number,
  expected: number,
): ValueError {
  const rounded = Number(expected.toPrecision(12));
  return new ValueError(
    `[${who}] ${layer.who} must have ${setting} ${rounded} for PyTorch's ${option}=${given}. Received: ${setting}=${own}. Make the layer with { ${setting}: ${rounded} }.`,
  );
}
