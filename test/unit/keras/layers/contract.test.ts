import { expect, test } from 'vitest';
import { layerClasses } from '../../../../src/keras/layers/serialization.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { runLayerContract } from '../../../support/layer-contract.ts';
import { coreContracts } from '../../../support/layer-contracts/core.ts';
import { familiesContracts } from '../../../support/layer-contracts/families.ts';
import { imagePreprocessingContracts } from '../../../support/layer-contracts/image-preprocessing.ts';
import { mergingContracts } from '../../../support/layer-contracts/merging.ts';
import { normalizationContracts } from '../../../support/layer-contracts/normalization.ts';
import { rnnContracts } from '../../../support/layer-contracts/rnn.ts';
import { runMergingContract } from '../../../support/merging-contract.ts';

const contracts = {
  ...coreContracts,
  ...familiesContracts,
  ...imagePreprocessingContracts,
  ...normalizationContracts,
  ...rnnContracts,
};

for (const [name, contract] of Object.entries(contracts)) runLayerContract(name, contract);
for (const [name, contract] of Object.entries(mergingContracts)) runMergingContract(name, contract);

/**
 * Layers with tests of their own: an input is not called; functions and statistics come from the user; cells receive their
 * states, and are tested in the layers that apply them.
 */
const CELLS = ['SimpleRNNCell', 'LSTMCell', 'GRUCell', 'StackedRNNCells'];
/** Layers that compute on the host. */
const HOST = ['HashedCrossing', 'Hashing', 'IntegerLookup', 'StringLookup', 'TextVectorization'];
const EXCEPTIONS = ['InputLayer', 'Lambda', 'Normalization', ...CELLS, ...HOST];

test('every layer is under a contract', () => {
  const cases = [contracts, mergingContracts].flatMap((table) =>
    Object.values<{ make: (options: object) => layers.Layer }>(table),
  );
  const covered = new Set(cases.map(({ make }) => make({}).constructor));
  // Aliases are the same classes.
  const missing = Object.entries(layerClasses).filter(
    ([name, found]) => !covered.has(found as never) && !EXCEPTIONS.includes(name),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
});

test('every exported layer can be named in a config', () => {
  const exported = Object.entries(layers).filter(
    ([name, value]) =>
      typeof value === 'function' && value.prototype instanceof layers.Layer && name !== 'Layer' && name !== 'Wrapper',
  );
  const found = new Set<unknown>(Object.values(layerClasses));
  const unknown = exported.filter(([, value]) => !found.has(value));
  expect(unknown.map(([name]) => name)).toEqual([]);
});
