import type { FileHandle } from 'node:fs/promises';

/** A box of ISO/IEC 14496-12 §4.2: where it begins, and where what it holds. */
export interface Box {
  type: string;
  start: number;
  content: number;
  end: number;
}

/** The boxes in a range of bytes. Throws where they do not fit into it. */
export function boxesIn(bytes: Buffer, start = 0, end = bytes.length): Box[] {
  const boxes: Box[] = [];
  for (let at = start; at < end; ) {
    const box = boxAt(bytes.subarray(at, Math.min(end, at + 16)), at);
    if (box.end > end) throw new Error(`box ${box.type} at ${at} ends at ${box.end}, after its parent at ${end}`);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

/** The first box of a path such as moof, traf, tfdt. */
export function boxOf(bytes: Buffer, ...path: string[]): Box {
  let found: Box = { type: '', start: 0, content: 0, end: bytes.length };
  for (const type of path) {
    const inner = boxesIn(bytes, found.content, found.end).find((box) => box.type === type);
    if (inner === undefined) throw new Error(`there is no box ${path.join('/')}`);
    found = inner;
  }
  return found;
}

/** The outermost boxes of a file, read by their headers alone. */
export async function* boxesOf(file: FileHandle): AsyncGenerator<Box> {
  const { size } = await file.stat();
  const header = Buffer.alloc(16);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(header, 0, header.length, at);
    const box = boxAt(header.subarray(0, bytesRead), at);
    if (box.end > size) throw new Error(`box ${box.type} at ${at} ends at ${box.end}, after its file at ${size}`);
    yield box;
    at = box.end;
  }
}

export async function bytesOf(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  if (bytesRead < length) throw new Error(`the file ends within the ${length} bytes at ${start}`);
  return bytes;
}

function boxAt(header: Buffer, start: number): Box {
  if (header.length < 8) throw new Error(`no box begins at ${start}`);
  const type = header.toString('latin1', 4, 8);
  const short = header.readUInt32BE(0);
  const isLong = short === 1;
  const size = isLong ? Number(header.readBigUInt64BE(8)) : short;
  const head = isLong ? 16 : 8;
  if (size < head) throw new Error(`box ${type} at ${start} is ${size} bytes long`);
  return { type, start, content: start + head, end: start + size };
}

/** A box from what it holds. */
export function box(type: string, ...content: Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content]);
}

/** A box with version and flags (§4.2.2). */
export function fullBox(type: string, version: number, flags: number, ...content: Uint8Array[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...content);
}

export function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
