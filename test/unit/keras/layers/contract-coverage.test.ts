import { describe, expect, test } from 'vitest';
import { layerClasses } from '../../../../src/keras/layers/all.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { coreContracts } from '../../../support/layer-contracts/core.ts';
import { familiesContracts } from '../../../support/layer-contracts/families.ts';
import { mergingContracts } from '../../../support/layer-contracts/merging.ts';
import { normalizationContracts } from '../../../support/layer-contracts/normalization.ts';

const tables = [coreContracts, familiesContracts, mergingContracts, normalizationContracts];
const cases = tables.flatMap((table) => Object.values<{ make: (options: object) => layers.Layer }>(table));
const covered = new Set(cases.map(({ make }) => make({}).constructor));

/** Layers with tests of their own: an input is not called; functions and statistics come from the user. */
const elsewhere = ['InputLayer', 'Lambda', 'Normalization'];

describe('every layer', () => {
  const exported = Object.entries(layers).filter(
    ([name, value]) => typeof value === 'function' && value.prototype instanceof layers.Layer && name !== 'Layer',
  );

  test('keeps to the contract of layers, under test', () => {
    // Aliases are the same classes.
    const missing = Object.entries(layerClasses).filter(
      ([name, found]) => !covered.has(found as never) && !elsewhere.includes(name),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test('that is exported is found by configs', () => {
    const found = new Set<unknown>(Object.values(layerClasses));
    const unknown = exported.filter(([, value]) => !found.has(value));
    expect(unknown.map(([name]) => name)).toEqual([]);
  });
});
