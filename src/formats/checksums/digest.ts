/** The hash functions of files that are downloaded. */
export type HashAlgorithm = 'md5' | 'sha256';

/**
 * The hash of bytes, in hexadecimal. SHA-256 is the platform's. Web cryptography has no MD5, with which Keras checks most of
 * its files: of the libraries, js-md5 is as fast as a WebAssembly one, and uses Node's own there.
 */
export async function digestOf(bytes: Uint8Array, algorithm: HashAlgorithm): Promise<string> {
  if (algorithm === 'md5') {
    const { md5 } = await import('js-md5');
    return md5(bytes);
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
