import type { EngineInfo } from 'evenkeel';

const names: Readonly<Record<EngineInfo['engine'], string>> = {
  node: 'Native code',
  wasm: 'WebAssembly',
  webgpu: 'WebGPU',
};

/** The page's sentence about the engine: `WebAssembly runs on 2 threads: half of the 4 cores, at most 4.` */
export function engineText({ engine, threads, reason }: EngineInfo): string {
  if (engine === 'webgpu') return `${names[engine]} runs: ${reason}.`;
  return `${names[engine]} runs on ${threads === 1 ? 'one thread' : `${threads} threads`}: ${reason}.`;
}
