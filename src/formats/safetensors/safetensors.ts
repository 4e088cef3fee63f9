export { readSafetensors, type SafetensorsContent } from './read.ts';
export { writeSafetensors } from './write.ts';
