import { describe } from 'vitest';
import { runLayerContract } from '../../../../support/layer-contract.ts';
import { familiesContracts } from '../../../../support/layer-contracts/families.ts';

describe.each(Object.entries(familiesContracts))('%s', (_, contract) => {
  runLayerContract(contract);
});
