/* global location, Worker -- a page */
/** Trains in the page, with its engine there or in a worker, or all in a worker, as the address says, and puts the result into the global scope. */
if (location.search === '?worker') {
  const worker = new Worker(new URL('./train.js', import.meta.url), { type: 'module', name: 'train' });
  worker.onmessage = ({ data }) => {
    globalThis.result = data;
  };
  worker.onerror = ({ message }) => {
    globalThis.result = `the worker failed: ${message}`;
  };
} else {
  globalThis.postResult = (result) => {
    globalThis.result = result;
  };
  void import('./train.js');
}
