/**
 * The script of a worker in a browser that runs the engine. It loads nothing on use: bundlers that write scripts instead of modules
 * for workers cannot divide them.
 */
import * as wasm from 'onnxruntime-web/wasm';
import * as webgpu from 'onnxruntime-web/webgpu';
import { serve } from '../worker/serve.ts';
import { openWeb } from './open-web.ts';

// A page that imports it has no one to answer to.
if (!('document' in globalThis)) {
  const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
  serve(
    {
      post: (message, moved) => {
        scope.postMessage(message, [...moved]);
      },
      listen: (receive) => {
        scope.addEventListener('message', ({ data }) => {
          receive(data);
        });
      },
    },
    (engine) => openWeb(engine, { wasm: () => Promise.resolve(wasm), webgpu: () => Promise.resolve(webgpu) }),
  );
}
