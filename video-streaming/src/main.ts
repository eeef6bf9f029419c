import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createVideoStreaming } from './wiring.ts';

await runService(() => createVideoStreaming(readConfig(process.env)));
