import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Decodes all that an address or a file has, every rendition; what ffmpeg finds wrong with it, line by line. */
export async function decodingErrors(input: string): Promise<string[]> {
  const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', input, '-map', '0', '-f', 'null', '-'], {
    maxBuffer: 2 ** 24,
  });
  return stderr.split('\n').filter((line) => line !== '');
}

/** Presentation times of one stream's packets, in ticks of its timescale, in the order of presentation. */
export async function packetTimes(input: string, stream: string): Promise<{ pts: number; duration: number }[]> {
  const what = ['-select_streams', stream, '-show_entries', 'packet=pts,duration', '-of', 'json'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...what, input], { maxBuffer: 2 ** 26 });
  const { packets } = JSON.parse(stdout) as { packets: { pts: number; duration: number }[] };
  return packets.toSorted((a, b) => a.pts - b.pts);
}
