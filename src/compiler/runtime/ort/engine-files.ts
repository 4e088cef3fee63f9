import { chosenFiles } from '../settings.ts';

/** The addresses of one build of the engine: the script that also runs in its threads, and the WebAssembly module. */
export interface EngineFiles {
  readonly mjs: string;
  readonly wasm: string;
}

const NAME = 'ort-wasm-simd-threaded';

/** The names of the files of all builds. */
export const ENGINE_FILES: readonly string[] = [NAME, `${NAME}.asyncify`].flatMap((name) => [
  `${name}.mjs`,
  `${name}.wasm`,
]);

/** The builds of the engine for browsers: with `webgpu` also if it can wait for the GPU. */
export type Build = 'wasm' | 'webgpu';

/**
 * The places of the files of a build: those of `setEngineFiles`, else where the bundler wrote them. Null if neither is known;
 * the engine then looks next to its own script, but its threads cannot start from there.
 */
export function engineFiles(build: Build): EngineFiles | null {
  const name = build === 'wasm' ? NAME : `${NAME}.asyncify`;
  const locate = chosenFiles();
  if (locate !== null) return { mjs: locate(`${name}.mjs`), wasm: locate(`${name}.wasm`) };
  const files = build === 'wasm' ? wasmFiles() : webgpuFiles();
  // A bundler that knows this form of URL replaces the name of the package.
  return files === null || files.mjs.endsWith(`/onnxruntime-web/${name}.mjs`) ? null : files;
}

// Vite and webpack find files of packages by exactly this form: a literal, and `import.meta.url`.

function wasmFiles(): EngineFiles | null {
  return ifResolved(() => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href,
  }));
}

function webgpuFiles(): EngineFiles | null {
  return ifResolved(() => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  }));
}

/** A script that is no module has no `import.meta.url`. */
function ifResolved(resolve: () => EngineFiles): EngineFiles | null {
  try {
    return resolve();
  } catch {
    return null;
  }
}
