import { layerSuite } from '../support/layer-suite.ts';

layerSuite();
