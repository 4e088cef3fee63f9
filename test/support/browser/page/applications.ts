import { MobileNet } from 'evenkeel/applications';
import { getFile } from 'evenkeel/utils';

const quiet = { onProgress: (): void => undefined };

/**
 * Makes a network with published weights twice, from a server that this page pretends to be. Returns the addresses that were
 * asked for, and whether both networks have the weights.
 */
export async function loadPublished(): Promise<{ readonly asked: readonly string[]; readonly equal: boolean }> {
  const options = { alpha: 0.25, inputShape: [128, 128, 3] } as const;
  const original = MobileNet({ ...options, weights: null });
  const bytes = Uint8Array.from(await original.toBytes('h5'));
  const asked: string[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (address) => {
    asked.push(address instanceof Request ? address.url : String(address));
    return Promise.resolve(new Response(bytes));
  };
  try {
    const expected = original.getWeights().map(({ data }) => data.join());
    const loaded = [await MobileNet({ ...options, ...quiet }), await MobileNet({ ...options, ...quiet })];
    const equal = loaded.every((model) => model.getWeights().every(({ data }, i) => data.join() === expected[i]));
    return { asked, equal };
  } finally {
    globalThis.fetch = fetch;
  }
}

/** Downloads a text that has a hash. Returns the path in the cache, or the error. */
export async function getText(text: string, fileHash: string): Promise<string> {
  const origin = URL.createObjectURL(new Blob([text]));
  try {
    return await getFile({ origin, fname: 'text', fileHash, ...quiet });
  } catch (error) {
    return String(error);
  } finally {
    URL.revokeObjectURL(origin);
  }
}
