/** The 7 bytes before each frame of AAC in a stream (ISO/IEC 13818-7 §6.2.1), without CRC, as ffmpeg writes them. */
const headSize = 7;

/** Takes a stream of ADTS in as it comes, and gives out the frames in it, without their headers. */
export class AdtsReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws Error where no frame begins */
  *push(chunk: Buffer): Generator<Buffer> {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= headSize) {
      if (bytes.readUInt16BE(at) >> 1 !== 0xfff1 >> 1) throw new Error(`no frame of AAC begins at byte ${at}`);
      const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
      if (bytes.length - at < length) break;
      yield bytes.subarray(at + headSize, at + length);
      at += length;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }
}
