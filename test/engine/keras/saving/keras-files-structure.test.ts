import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as ek from '../../../../src/index.ts';
import { readHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import type { StoredArray, StoredAttribute, StoredGroup } from '../../../../src/formats/arrays/stored.ts';
import { readZip } from '../../../../src/formats/zip/zip.ts';

const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../golden/files/${file}`, import.meta.url)));

/** Every group and array with its attributes, shape, type and elements. The width of integers depends on the backend. */
function describeTree(group: StoredGroup, path = ''): Record<string, unknown> {
  const found: Record<string, unknown> = {
    [`${path}/`]: Object.fromEntries([...group.attributes].map(describeAttribute)),
  };
  for (const [name, child] of group.children) {
    if (child.kind === 'group') Object.assign(found, describeTree(child, `${path}/${name}`));
    else found[`${path}/${name}`] = describeArray(child);
  }
  return found;
}

function describeArray({ dtype, shape, data }: StoredArray): unknown {
  return {
    dtype: dtype.replace('int64', 'int32'),
    shape,
    data: Array.from(data as ArrayLike<number | bigint>, Number),
  };
}

function describeAttribute([name, value]: [string, StoredAttribute]): [string, unknown] {
  if (typeof value === 'string' && value.startsWith('{')) return [name, withoutIds(JSON.parse(value))];
  return [name, typeof value === 'object' && 'kind' in value ? describeArray(value) : value];
}

/** Keras numbers objects by their identity in Python, including those that are not shared. */
function withoutIds(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json, (key, value: unknown) => (key === 'shared_object_id' ? undefined : value)));
}

const json = (bytes: Uint8Array, member: string): unknown =>
  withoutIds(JSON.parse(new TextDecoder().decode(readZip(bytes, 'test').get(member))));

const FILES = ['adam', 'momentum', 'adamw-schedule', 'gathering', 'rmsprop', 'images'];

describe('a file that is read and written again equals the one that Keras wrote', () => {
  test.each(FILES)(
    'a file that is read and written again equals the one that Keras wrote: %s.keras: the members, the config, the tree of weights',
    async (name) => {
      const theirs = bytesOf(`${name}.keras`);
      const ours = await (await ek.loadModel(theirs)).toBytes('keras');
      expect([...readZip(ours, 'test').keys()]).toEqual([...readZip(theirs, 'test').keys()]);
      expect(json(ours, 'config.json')).toEqual(json(theirs, 'config.json'));
      expect(json(ours, 'metadata.json')).toEqual({
        keras_version: '3.15.1',
        date_saved: expect.stringMatching(/^\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d$/) as string,
      });
      const tree = async (bytes: Uint8Array): Promise<unknown> =>
        describeTree(await readHdf5(readZip(bytes, 'test').get('model.weights.h5')!, 'test'));
      expect(await tree(ours)).toEqual(await tree(theirs));
    },
  );

  test.each(['adam.h5', 'images.h5'])(
    'a file that is read and written again equals the one that Keras wrote: %s: attributes and tree',
    async (file) => {
      const theirs = bytesOf(file);
      const ours = await (await ek.loadModel(theirs)).toBytes('h5');
      const read = async (bytes: Uint8Array): Promise<unknown> => describeTree(await readHdf5(bytes, 'test'));
      // Keras cannot read the short names of losses from this format.
      const expected = JSON.stringify(await read(theirs)).replaceAll('"loss":"mse"', '"loss":"mean_squared_error"');
      expect(await read(ours)).toEqual(
        JSON.parse(expected.replaceAll('"loss":["mse"', '"loss":["mean_squared_error"')),
      );
    },
  );

  test('a file that is read and written again equals the one that Keras wrote: the state of the optimizer is in .weights.h5', async () => {
    const theirs = bytesOf('adam.weights.h5');
    const model = await ek.loadModel(bytesOf('adam.keras'));
    const read = async (bytes: Uint8Array): Promise<unknown> => describeTree(await readHdf5(bytes, 'test'));
    expect(await read(await model.toBytes('weights.h5'))).toEqual(await read(theirs));
  });
});
