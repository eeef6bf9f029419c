import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes a clip with a picture that is not too easy and with sound; of `seconds`. */
export async function makeClip(
  file: string,
  { seconds, size, rate }: { seconds: number; size: string; rate: number },
): Promise<void> {
  const picture = `testsrc2=size=${size}:rate=${rate},noise=alls=3:allf=t`;
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    picture,
    '-f',
    'lavfi',
    '-i',
    'anoisesrc=color=pink:sample_rate=48000:amplitude=0.2',
  ];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '23', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, '-t', `${seconds}`, ...codecs, '-movflags', '+faststart', file]);
}
