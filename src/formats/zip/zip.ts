export { readZip } from './read.ts';
export { type ZipOptions, writeZip } from './write.ts';
