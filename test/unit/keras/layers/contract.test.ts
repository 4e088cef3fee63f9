import { describe } from 'vitest';
import { runLayerContract } from '../../../support/layer-contract.ts';
import { coreContracts } from '../../../support/layer-contracts/core.ts';

describe.each(Object.entries(coreContracts))('%s', (_, contract) => {
  runLayerContract(contract);
});
