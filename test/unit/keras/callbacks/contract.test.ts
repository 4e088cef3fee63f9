import { Callback } from '../../../../src/keras/callbacks/index.ts';
import * as roster from '../../../../src/keras/callbacks/roster.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const isCallback = (entry: [string, unknown]): boolean =>
  typeof entry[1] === 'function' && entry[1].prototype instanceof Callback;

// The option of a ProgbarLogger is a terminal.
const { ProgbarLogger: _progbar, ...classes } = Object.fromEntries(
  Object.entries(roster).filter(isCallback),
) as unknown as Readonly<Record<string, DescribedClass>>;

const hook = (): void => undefined;

testFieldContract(classes, {
  values: {
    ...{ monitor: 'loss', minDelta: 0.5, patience: 3, verbose: 1, mode: 'max', baseline: 2, restoreBestWeights: true },
    ...{ startFromEpoch: 4, factor: 0.25, cooldown: 5, minLr: 0.125, raiseError: true, swapOnEpoch: true },
    ...{ filename: 'log.csv', separator: ';', append: true, schedule: hook },
    ...{ filepath: 'a.keras', saveBestOnly: true, saveWeightsOnly: true, saveFreq: 7, initialValueThreshold: 0.5 },
    ...{ backupDir: 'backup', doubleCheckpoint: true, deleteCheckpoint: false },
    ...{ root: 'http://localhost', path: '/a/', field: 'b', headers: { a: 'b' }, sendAsJson: true },
    ...{ onTrainBegin: hook, onTrainEnd: hook, onEpochBegin: hook, onEpochEnd: hook },
    ...{ onTrainBatchBegin: hook, onTrainBatchEnd: hook },
    ...{
      logDir: 'runs',
      histogramFreq: 2,
      writeGraph: false,
      writeImages: true,
      writeStepsPerSecond: true,
      updateFreq: 7,
    },
    ...{ profileBatch: 0, embeddingsFreq: 3, embeddingsMetadata: 'words.tsv' },
  },
  special: { 'ModelCheckpoint.saveWeightsOnly': false },
});
