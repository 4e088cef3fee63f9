/* global location, Worker -- a page */
/** Trains in the page, or in a worker where the address says so, and puts the result into the global scope. */
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
