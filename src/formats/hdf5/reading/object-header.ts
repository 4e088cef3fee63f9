import { verify } from './checksum.ts';
import type { Cursor, Source } from './source.ts';

/** The supported header messages, by their type numbers in the format. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** A message of an object header. */
export interface Message {
  readonly type: number;
  /** A cursor at the first byte of the message. */
  readonly body: Cursor;
}

/** Maximum number of messages of an object, attributes and links included. */
const MOST_MESSAGES = 100_000;

/** Reads the messages of the object at an address, including those in continuation blocks. */
export function readMessages(source: Source, address: number): Message[] {
  const isNew = source.read(address, 1, 'an object header').byte() === 0x4f;
  return isNew ? readNewHeader(source, address) : readOldHeader(source, address);
}

interface Block {
  readonly address: number;
  readonly length: number;
}

function readOldHeader(source: Source, address: number): Message[] {
  const prefix = source.read(address, 16, 'an object header');
  prefix.expect('version', prefix.byte(), [1]);
  prefix.skip(1);
  const count = prefix.uint16();
  prefix.skip(4);
  const blocks: Block[] = [{ address: address + 16, length: prefix.uint32() }];
  const messages: Message[] = [];
  let read = 0;
  for (const block of blocks) {
    const cursor = source.read(block.address, block.length, 'an object header');
    while (cursor.left >= 8 && read < count) {
      const type = cursor.uint16();
      const length = cursor.uint16();
      const flags = cursor.byte();
      cursor.skip(3);
      read++;
      keep(source, messages, blocks, type, flags, cursor.part(length));
    }
  }
  if (read < count) throw source.malformed(`${read} of ${count} messages of the object at byte ${address}`);
  return messages;
}

function readNewHeader(source: Source, address: number): Message[] {
  const prefix = source.read(address, Math.min(64, source.bytes.byteLength - address), 'an object header');
  prefix.signature('OHDR');
  prefix.expect('version', prefix.byte(), [2]);
  const flags = prefix.byte();
  if ((flags & 0x20) !== 0) prefix.skip(16);
  if ((flags & 0x10) !== 0) prefix.skip(4);
  const length = prefix.unsigned(1 << (flags & 3));
  const hasOrder = (flags & 4) !== 0;
  const start = prefix.position;
  verify(source, address, start - address + length, 'an object header');
  const blocks: Block[] = [{ address: start, length }];
  const messages: Message[] = [];
  for (const [index, block] of blocks.entries()) {
    const cursor = source.read(block.address, block.length, 'an object header');
    if (index > 0) {
      verify(source, block.address, block.length - 4, 'an object header');
      cursor.signature('OCHK');
    }
    const end = index > 0 ? cursor.end - 4 : cursor.end;
    // Fewer bytes than a message header are a gap.
    while (end - cursor.position >= (hasOrder ? 6 : 4)) {
      const type = cursor.byte();
      const size = cursor.uint16();
      const messageFlags = cursor.byte();
      if (hasOrder) cursor.skip(2);
      keep(source, messages, blocks, type, messageFlags, cursor.part(size));
    }
  }
  return messages;
}

function keep(source: Source, messages: Message[], blocks: Block[], type: number, flags: number, body: Cursor): void {
  const known = Object.values(MESSAGE).some((number) => number === type);
  if (!known) {
    if ((flags & 0x80) !== 0) throw source.unsupported(`an object with a message of the unknown type ${type}`);
    return;
  }
  if ((flags & 2) !== 0) throw source.unsupported('an object that shares its type with others (a committed type)');
  if (type === MESSAGE.continuation) {
    blocks.push({ address: body.address(), length: body.length() });
  } else {
    messages.push({ type, body });
  }
  if (messages.length > MOST_MESSAGES || blocks.length > MOST_MESSAGES) {
    throw source.malformed(`an object of more than ${MOST_MESSAGES} messages`);
  }
}
