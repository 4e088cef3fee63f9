/** The script of a worker in Node that runs the engine. */
import { parentPort } from 'node:worker_threads';
import { serve } from '../worker/serve.ts';
import { openRuntime } from './ort-node.ts';

// A program that imports it in its main thread has no port.
if (parentPort !== null) {
  const port = parentPort;
  serve(
    {
      post: (message, moved) => {
        port.postMessage(message, moved);
      },
      listen: (receive) => {
        port.on('message', receive);
      },
    },
    openRuntime,
  );
}
