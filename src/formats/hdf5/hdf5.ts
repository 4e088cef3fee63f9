import type { StoredGroup } from '../arrays/stored.ts';

/**
 * Reads an HDF5 file: all groups, arrays and attributes. Arrays are views of `bytes` where they lie there aligned, so
 * `bytes` must not change while they are used.
 *
 * The code is loaded at the first call, so programs that load no files need not carry it.
 *
 * @throws ValueError if the file is damaged, declares more than it holds, or leads out of itself (soft and external
 * links, external and virtual datasets).
 * @throws NotImplementedError if it holds what Keras and h5py do not write by default: references, records, other
 * filters than deflate, shuffle and fletcher32.
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export async function readHdf5(bytes: Uint8Array, who: string): Promise<StoredGroup> {
  const { readTree } = await import('./reading/tree.ts');
  return readTree(bytes, who);
}

/**
 * Writes an HDF5 file as h5py does by default: the first superblock, classic groups, arrays in one piece in
 * little-endian order, texts as UTF-8 of varying length. Equal trees give equal bytes. A child whose name has slashes
 * goes into nested groups.
 *
 * @throws ValueError if a name is empty or taken twice, an array's elements do not fit its shape, or an attribute is
 * larger than 64512 bytes, which HDF5 cannot keep so.
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export async function writeHdf5(root: StoredGroup, who = 'writeHdf5'): Promise<Uint8Array> {
  const { writeTree } = await import('./writing/tree.ts');
  return writeTree(root, who);
}
