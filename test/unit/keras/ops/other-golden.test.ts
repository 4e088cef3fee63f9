import { testOperations } from '../../../support/operation-cases.ts';

testOperations('other-operations');
