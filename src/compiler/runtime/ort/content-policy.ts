import { NotImplementedError } from '../../../core/errors.ts';

/** The shortest WebAssembly module: its mark, and version 1. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * Checks that WebAssembly may run, before megabytes are loaded for it.
 * @throws NotImplementedError if the Content-Security-Policy forbids it, or it does not exist.
 */
export async function checkWebAssembly(): Promise<void> {
  if (typeof WebAssembly !== 'object') {
    throw new NotImplementedError('[runtime] the wasm engine requires WebAssembly, which does not exist here.');
  }
  try {
    await WebAssembly.compile(EMPTY_MODULE);
  } catch (cause) {
    throw new NotImplementedError(
      "[runtime] the wasm engine requires WebAssembly, which the Content-Security-Policy of the page forbids. Add 'wasm-unsafe-eval' to its script-src.",
      { cause },
    );
  }
}

/** The part of a `SecurityPolicyViolationEvent` that is needed. */
interface Violation {
  readonly effectiveDirective?: string;
  readonly blockedURI?: string;
}

/** Resolves with the reason when the Content-Security-Policy forbids a worker: its constructor does not throw. */
export function watchForbiddenWorkers(scope: EventTarget = globalThis): {
  readonly forbidden: Promise<string>;
  cancel(): void;
} {
  let listen: (event: Event) => void = () => undefined;
  const forbidden = new Promise<string>((resolve) => {
    listen = (event) => {
      const { effectiveDirective, blockedURI = '' } = event as Violation;
      if (effectiveDirective !== 'worker-src') return;
      resolve(`the Content-Security-Policy of the page forbids the worker ${blockedURI}: its worker-src must allow it`);
    };
  });
  const name = 'securitypolicyviolation';
  scope.addEventListener(name, listen);
  return {
    forbidden,
    cancel: () => {
      scope.removeEventListener(name, listen);
    },
  };
}
