import { describe } from 'vitest';
import { runLayerContract } from '../../../../support/layer-contract.ts';
import { normalizationContracts } from '../../../../support/layer-contracts/normalization.ts';

describe.each(Object.entries(normalizationContracts))('%s', (_, contract) => {
  runLayerContract(contract);
});
