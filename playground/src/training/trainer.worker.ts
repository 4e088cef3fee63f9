import { expose } from 'comlink';
import { setThreads } from 'evenkeel';
import { Trainer } from './trainer.ts';

// The engine cannot start threads from a bundled worker.
setThreads(1);
expose(new Trainer());
