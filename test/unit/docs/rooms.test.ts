import { expect, test } from 'vitest';
import { contributing } from '../../../scripts/rooms.ts';

test('the table of rooms in CONTRIBUTING.md is that of .dependency-cruiser.rooms.cjs; npm run rooms writes it', async () => {
  const { present, expected } = await contributing();
  expect(present).toBe(expected);
});
