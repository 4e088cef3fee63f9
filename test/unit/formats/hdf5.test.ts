import { type Attribute, Dataset, File, FS, Group, ready } from 'h5wasm';
import { describe, expect, test } from 'vitest';
import { readHdf5, writeHdf5 } from '../../../src/formats/hdf5/hdf5.ts';
import type { StoredArray, StoredAttribute, StoredGroup } from '../../../src/formats/arrays/stored.ts';
import { containerContent, containerFile, describeTree } from '../../support/stored-files.ts';

const group = (
  children: Record<string, StoredGroup | StoredArray> = {},
  attributes: Record<string, StoredAttribute> = {},
): StoredGroup => ({
  kind: 'group',
  attributes: new Map(Object.entries(attributes)),
  children: new Map(Object.entries(children)),
});

const floats = (...values: number[]): StoredArray => ({
  kind: 'array',
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Whether all elements are views of the file's memory. */
const isView = (item: StoredGroup | StoredArray, file: Uint8Array): boolean =>
  item.kind === 'array' && item.data.buffer === file.buffer;

describe('readHdf5', () => {
  test.each(['types.h5', 'chunked.h5', 'classic.h5', 'latest.h5', 'block.h5'])(
    'readHdf5 reads %s as h5py wrote it',
    async (name) => {
      expect(describeTree(await readHdf5(containerFile(name), 'test'))).toEqual(containerContent(name));
    },
  );

  test('readHdf5 returns views of aligned elements and copies unaligned ones', async () => {
    const file = await writeHdf5(group({ x: floats(1, 2, 3) }));
    expect(isView((await readHdf5(file, 'test')).children.get('x') ?? group(), file)).toBe(true);
    const shifted = new Uint8Array(file.length + 1).subarray(1);
    shifted.set(file);
    const x = (await readHdf5(shifted, 'test')).children.get('x') ?? group();
    expect(isView(x, shifted)).toBe(false);
    expect(x).toEqual(floats(1, 2, 3));
  });

  test.each([
    ['soft-link.h5', 'a soft link at /a/link'],
    ['external-link.h5', 'an external link at /a/link'],
    ['external.h5', 'a dataset with external storage at /x'],
    ['virtual.h5', 'a virtual dataset at /x'],
    ['cycle.h5', 'a group that contains itself, at /a/b'],
  ])('readHdf5 rejects %s, which refers to external data or to itself', async (name, problem) => {
    await expect(readHdf5(containerFile(`hostile/${name}`), 'loadModel')).rejects.toThrow(
      expect.objectContaining({
        name: 'ValueError',
        message: `[loadModel] an HDF5 file must contain all the data that it refers to. Received: ${problem}. Copy its arrays into a new file.`,
      }),
    );
  });

  test.each([
    ['committed.h5', 'a committed type at /type'],
    ['record.h5', 'compound types at /x'],
    ['reference.h5', 'references at /@r'],
    ['texts.h5', 'variable-length string of 16 bytes at /x'],
    ['filter.h5', 'filter 32000 at /x, other than deflate, shuffle and fletcher32'],
    ['extensible.h5', 'chunks in an extensible array at /x'],
  ])('readHdf5 rejects %s, which uses features that Keras never writes', async (name, problem) => {
    await expect(readHdf5(containerFile(`hostile/${name}`), 'loadModel')).rejects.toThrow(
      expect.objectContaining({
        name: 'NotImplementedError',
        message: `[loadModel] the HDF5 file must use only features that Keras and h5py use by default. Received: ${problem}. Copy its arrays into a new file.`,
      }),
    );
  });

  test('readHdf5 rejects arrays that declare far more bytes than are stored, and groups nested too deeply', async () => {
    await expect(readHdf5(containerFile('hostile/bomb.h5'), 'loadModel')).rejects.toThrow(
      '[loadModel] the HDF5 file must be whole and well formed. Received: 8589934592 bytes declared at /x, 4089 of them ' +
        'stored, in a file of 7585 bytes. Download or save it again.',
    );
    await expect(readHdf5(containerFile('hostile/deep.h5'), 'loadModel')).rejects.toThrow(
      'features that Keras and h5py use by default. Received: more than 512 groups inside each other. Copy its arrays',
    );
  });

  test('groups inside each other are read and written down to a depth of 512', async () => {
    const nested = (depth: number): StoredGroup => {
      let group: StoredGroup = { kind: 'group', attributes: new Map(), children: new Map() };
      for (let i = 0; i < depth; i++) group = { ...group, children: new Map([['g', group]]) };
      return group;
    };
    let group: StoredGroup | StoredArray | undefined = await readHdf5(
      await writeHdf5(nested(512), 'save'),
      'loadModel',
    );
    for (let i = 0; i < 512; i++) group = group?.kind === 'group' ? group.children.get('g') : undefined;
    expect(group).toEqual(nested(0));
    await expect(async () => writeHdf5(nested(513), 'save')).rejects.toThrow(
      '[save] groups must be nested at most 512 levels deep. Received: more, at /g/g/',
    );
  });

  test('readHdf5 rejects groups that share children so that the number of paths is exponential', async () => {
    await expect(readHdf5(containerFile('hostile/doubling.h5'), 'loadModel')).rejects.toThrow(
      /^\[loadModel\] the HDF5 file must be whole and well formed\. Received: (more than 100000 objects|structures that share each other too often) in a file of/,
    );
  });

  test('readHdf5 rejects truncated files and files that are not HDF5', async () => {
    const file = containerFile('block.h5');
    await expect(readHdf5(file.subarray(0, file.length - 8), 'loadModel')).rejects.toThrow(
      '[loadModel] the HDF5 file must be whole and well formed. Received: 2088 bytes declared in a file of 2080 bytes. Download or save it again.',
    );
    await expect(readHdf5(new Uint8Array(5), 'loadModel')).rejects.toThrow(
      "[loadModel] the file must be an HDF5 file. Received: 5 bytes without HDF5's signature.",
    );
  });
});

describe('writeHdf5', () => {
  test.each(['types.h5', 'chunked.h5', 'classic.h5', 'latest.h5'])('writeHdf5 round-trips %s', async (name) => {
    const read = await readHdf5(containerFile(name), 'test');
    const written = await writeHdf5(read);
    expect(describeTree(await readHdf5(written, 'test'))).toEqual(describeTree(read));
    expect(Buffer.compare(await writeHdf5(read), written)).toBe(0);
  });

  test('writeHdf5 merges names with slashes into nested groups', async () => {
    const written = await writeHdf5(
      group({ 'a/b/c': floats(1), a: group({ 'b/d': floats(2) }, { name: 'a' }), 'a/b/e/f': floats(3) }),
    );
    expect(await readHdf5(written, 'test')).toEqual(
      group({
        a: group({ b: group({ c: floats(1), d: floats(2), e: group({ f: floats(3) }) }) }, { name: 'a' }),
      }),
    );
  });

  test('writeHdf5 writes files that the C library reads', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `layer ${i}`);
    const long = 'é'.repeat(100_000);
    const children = Object.fromEntries(names.map((name, i) => [name, floats(i, -i)]));
    const written = await writeHdf5(
      group(
        { ...children, Größe: group({}, { name: 'Ω' }), empty: { ...floats(), shape: [0, 3] } },
        { layer_names: names, long, one: 1, half: 0.5, nothing: '', none: { ...floats(), shape: [0] } },
      ),
    );
    await ready;
    FS?.writeFile('written.h5', written);
    const file = new File('written.h5', 'r');
    try {
      const keys = new TextEncoder();
      const order = [...names, 'Größe', 'empty'].sort((a, b) => Buffer.compare(keys.encode(a), keys.encode(b)));
      expect(file.keys()).toEqual(order);
      for (const [i, name] of names.entries()) {
        expect((file.get(name) as Dataset).value).toEqual(Float32Array.of(i, -i));
      }
      const attribute = (of: Group, name: string): Attribute['value'] => of.attrs[name]?.value ?? null;
      expect(attribute(file, 'layer_names')).toEqual(names);
      expect(attribute(file, 'long')).toBe(long);
      expect([attribute(file, 'one'), attribute(file, 'half')]).toEqual([1n, 0.5]);
      expect(attribute(file, 'nothing')).toBe('');
      expect(attribute(file.get('Größe') as Group, 'name')).toBe('Ω');
      expect((file.get('empty') as Dataset).shape).toEqual([0, 3]);
    } finally {
      file.close();
      FS?.unlink('written.h5');
    }
  });

  test('writeHdf5 rejects invalid names, arrays and attributes, and reports their path', async () => {
    await expect(writeHdf5(group({ a: { ...floats(1), shape: [2] } }), 'save')).rejects.toThrow(
      "[save] an array's elements must fit its shape and type. Received: shape=[2], dtype=float32 and 4 bytes at /a.",
    );
    await expect(writeHdf5(group({ 'a/b': floats(1), a: floats(1) }), 'save')).rejects.toThrow(
      '[save] names in a file must be unique. Received: /a twice.',
    );
    await expect(writeHdf5(group({ 'a//b': floats(1) }), 'save')).rejects.toThrow(
      '[save] names in a file must be non-empty, not ".", and without zero bytes. Received: "/b" in /a/.',
    );
    const many = Array.from({ length: 5000 }, () => 'name');
    await expect(writeHdf5(group({}, { layer_names: many }), 'save')).rejects.toThrow(
      '[save] an attribute must have at most 64512 bytes. Received: 80000 at @layer_names. Split it, as Keras does: ' +
        'layer_names0, layer_names1, ….',
    );
  });
});
