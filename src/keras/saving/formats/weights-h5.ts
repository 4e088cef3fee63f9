import { writeHdf5 } from '../../../formats/hdf5/hdf5.ts';
import { saveableTree } from '../saveable-tree.ts';
import { planWeights } from '../saving-lib/read-weights.ts';
import { weightsTree } from '../saving-lib/write-weights.ts';
import { checkBuilt } from './check-built.ts';
import type { Format } from './format.ts';
import { HDF5 } from './magic.ts';

/** The weights format of Keras 3, with the state of the optimizer. Every HDF5 file that is not of an older format is read as this. */
export const weightsH5Format: Format = {
  name: 'weights.h5',
  endings: ['.weights.h5'],
  holds: 'weights',
  matches: (file) => file.startsWith(HDF5),
  readWeights: async (model, file, reading) => planWeights(saveableTree(model), await file.hdf5(), reading),
  write: async (model, includeOptimizer, who) => {
    checkBuilt(model, who);
    return writeHdf5(weightsTree(saveableTree(model, includeOptimizer)), who);
  },
};
