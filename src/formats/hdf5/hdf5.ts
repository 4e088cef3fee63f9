import type { StoredGroup } from '../arrays/stored.ts';

/**
 * Reads all groups, arrays and attributes of an HDF5 file. Aligned arrays are views of `bytes`, so `bytes` must not change
 * while they are in use.
 *
 * The reader is imported on the first call, so programs that read no files do not load it.
 *
 * @throws ValueError if the file is damaged, declares more data than it contains, or refers to data elsewhere (soft and
 * external links, external and virtual datasets).
 * @throws NotImplementedError if it contains features that Keras and h5py do not use by default: references, compound
 * types, filters other than deflate, shuffle and fletcher32.
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export async function readHdf5(bytes: Uint8Array, who: string): Promise<StoredGroup> {
  const { readTree } = await import('./reading/tree.ts');
  return readTree(bytes, who);
}

/**
 * Writes an HDF5 file as h5py does by default: superblock version 0, symbol-table groups, contiguous little-endian arrays,
 * variable-length UTF-8 strings. Equal trees produce equal bytes. A child whose name contains slashes is written into
 * nested groups.
 *
 * @throws ValueError if a name is empty or duplicate, an array's elements do not match its shape, or an attribute exceeds
 * 64512 bytes, which do not fit in an object header.
 * @see https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export async function writeHdf5(root: StoredGroup, who = 'writeHdf5'): Promise<Uint8Array> {
  const { writeTree } = await import('./writing/tree.ts');
  return writeTree(root, who);
}
