import { engineSuite } from '../support/engine-suite.ts';

engineSuite();
