import { testOperations } from '../../../support/operation-cases.ts';

testOperations('numpy-operations');
