export * from './associative-scan.ts';
export * from './branches.ts';
export * from './loops.ts';
export * from './mapping.ts';
export * from './scan.ts';
export * from './tensors.ts';
