import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs promtool, and answers what it complains of. */
export async function runPromtool(promtool: string, args: string[]): Promise<string[]> {
  try {
    await promisify(execFile)(promtool, args, { maxBuffer: 16 * 1024 * 1024 });
    return [];
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    return [`promtool ${args.slice(0, 2).join(' ')}: ${`${stdout ?? ''}${stderr ?? ''}`.trim() || message}`];
  }
}
