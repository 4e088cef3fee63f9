import { expose } from 'comlink';
import { ModelFile } from './model-file.ts';

expose(new ModelFile());
