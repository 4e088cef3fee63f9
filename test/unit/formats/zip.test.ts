import { describe, expect, test } from 'vitest';
import { readZip, writeZip } from '../../../src/formats/zip/zip.ts';
import { containerContent, containerFile } from '../../support/stored-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (members: Map<string, Uint8Array>): unknown =>
  Object.fromEntries([...members].map(([name, content]) => [name, new TextDecoder().decode(content)]));

/** A zip file of one member `a` of four bytes: the header at 0, the bytes at 31, the entry at 35, the end at 82. */
const small = (): Uint8Array => writeZip([['a', bytes('abcd')]]);

function changed(change: (view: DataView, file: Uint8Array) => void, file: Uint8Array = small()): Uint8Array {
  change(new DataView(file.buffer), file);
  return file;
}

const damaged = (problem: string): string =>
  `[loadModel] the zip file must be whole, plain and consistent. Received: ${problem}. Download or save it again.`;

describe('readZip', () => {
  test.each(['stored.zip', 'streamed.zip', 'large.zip', 'deflated.zip'])(
    'readZip reads %s as Python wrote it',
    (name) => {
      expect(texts(readZip(containerFile(name), 'test'))).toEqual(containerContent(name));
    },
  );

  test('readZip returns views of uncompressed members', () => {
    const file = small();
    expect(readZip(file, 'test').get('a')?.buffer).toBe(file.buffer);
  });

  test.each(['../a', '/a', 'a/../b', './a', 'a\\b', 'C:a', 'a\0', 'a//b', '/'])(
    'readZip rejects the name %j',
    (name) => {
      const file = writeZip([['x'.repeat(name.length), bytes('')]]);
      const start = 30;
      const entry = start + name.length + 46;
      file.set(bytes(name), start);
      file.set(bytes(name), entry);
      expect(() => readZip(file, 'loadModel')).toThrow(
        `[loadModel] the names in a zip file must be relative and stay inside it. Received: ${JSON.stringify(name)}.`,
      );
    },
  );

  test('readZip rejects duplicate names and overlapping members', () => {
    const two = writeZip([
      ['a', bytes('abcd')],
      ['b', bytes('abcd')],
    ]);
    const twice = changed((_, file) => {
      file[35 + 30] = 97;
      file[70 + 47 + 46] = 97;
    }, two.slice());
    expect(() => readZip(twice, 'loadModel')).toThrow(damaged('two members named a'));
    // The second entry, with the name and offset of the first.
    const same = changed((view, file) => {
      view.setUint32(70 + 47 + 42, 0, true);
      file[30] = 98;
      file[70 + 46] = 99;
    }, two.slice());
    expect(() => readZip(same, 'loadModel')).toThrow(damaged('c, whose two headers disagree'));
    // The bytes of a contain a local header of b, to which the directory entry of b refers.
    const inside = writeZip([
      ['a', writeZip([['b', bytes('')]]).slice(0, 31)],
      ['b', bytes('')],
    ]);
    const overlapping = changed((view) => {
      view.setUint32(inside.length - 22 - 47 + 42, 31, true);
    }, inside);
    expect(() => readZip(overlapping, 'loadModel')).toThrow(damaged('members that overlap'));
  });

  test('readZip rejects inconsistent headers, encryption, unknown methods and other disks', () => {
    const cases: [string, (view: DataView) => void][] = [
      ['a, whose two headers disagree', (view) => view.setUint32(22, 5, true)],
      ['a, whose two headers disagree', (view) => view.setUint32(14, 5, true)],
      ['a, which is encrypted', (view) => view.setUint16(35 + 8, 1, true)],
      ['a, compressed by the unknown method 12', (view) => view.setUint16(35 + 10, 12, true)],
      ['a, 4 bytes that should be 5', (view) => view.setUint32(35 + 24, 5, true)],
      ['no header of a', (view) => view.setUint32(35 + 42, 40, true)],
      ['parts on other disks', (view) => view.setUint16(82 + 4, 1, true)],
      ['a directory of 2 members and 47 bytes at 35', (view) => view.setUint32(82 + 8, 0x20002, true)],
      ['a directory of 1 members and 48 bytes at 35', (view) => view.setUint32(82 + 12, 48, true)],
    ];
    for (const [problem, change] of cases) {
      expect(() => readZip(changed(change), 'loadModel')).toThrow(damaged(problem));
    }
  });

  test('readZip rejects damaged members and files that are not zip files', () => {
    const whole = '[loadModel] the members of a zip file must be whole. Received: ';
    const flipped = changed((_, file) => (file[32] = 0));
    expect(() => readZip(flipped, 'loadModel')).toThrow(`${whole}a, which is damaged. Download or save it again.`);
    expect(() => readZip(small().subarray(0, 90), 'loadModel')).toThrow(
      "[loadModel] the file must be a zip file. Received: 90 bytes without a zip file's end.",
    );
    // The deflated member is longer or shorter than both headers declare.
    for (const size of [399, 401]) {
      const file = containerFile('deflated.zip');
      const view = new DataView(file.buffer);
      const directory = view.getUint32(file.length - 22 - 9 + 16, true);
      view.setUint32(22, size, true);
      view.setUint32(directory + 24, size, true);
      expect(() => readZip(file, 'loadModel')).toThrow(
        `${whole}config.json, which is damaged. Download or save it again.`,
      );
    }
  });

  test('readZip rejects members that declare far more bytes than are stored, before allocating', () => {
    const file = containerFile('deflated.zip');
    const view = new DataView(file.buffer);
    const directory = view.getUint32(file.length - 22 - 9 + 16, true);
    view.setUint32(22, 2 ** 31, true);
    view.setUint32(directory + 24, 2 ** 31, true);
    expect(() => readZip(file, 'loadModel')).toThrow(
      `[loadModel] compressed members must expand to at most 100 times their stored size. Received: 2147483648 bytes from ` +
        `${view.getUint32(18, true)} up to config.json. Only trust files whose origin you know.`,
    );
  });
});

describe('writeZip', () => {
  test('writeZip round-trips members in order, and writes equal bytes for equal members', () => {
    const members: [string, Uint8Array][] = [
      ['b', bytes('1')],
      ['1', bytes('')],
      ['größe/ä.txt', bytes('✓')],
    ];
    const file = writeZip(members, { date: new Date('2024-02-29T12:30:58Z') });
    expect([...readZip(file, 'test')]).toEqual(members);
    expect(writeZip(members, { date: new Date('2024-02-29T12:30:58Z') })).toEqual(file);
    expect(writeZip(members)).not.toEqual(file);
  });

  test('writeZip encodes the date as Python does', () => {
    const date = (file: Uint8Array): number => new DataView(file.buffer).getUint32(10, true);
    expect(date(writeZip([['a', bytes('')]], { date: new Date('2024-02-29T12:30:58Z') }))).toBe(
      date(containerFile('stored.zip')),
    );
  });

  test('writeZip rejects escaping and duplicate names, and invalid dates', () => {
    expect(() => writeZip([['../a', bytes('')]])).toThrow(
      '[writeZip] the names in a zip file must be relative and stay inside it. Received: "../a".',
    );
    const twice: [string, Uint8Array][] = [
      ['a', bytes('')],
      ['a', bytes('')],
    ];
    expect(() => writeZip(twice, { who: 'save' })).toThrow(
      '[save] names in a zip file must be unique. Received: a twice.',
    );
    expect(() => writeZip([], { date: new Date(NaN) })).toThrow(
      '[writeZip] date must be a date. Received: an invalid one.',
    );
  });
});
