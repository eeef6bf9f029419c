import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createVideoStorage } from './wiring.ts';

await runService(() => createVideoStorage(readConfig(process.env)));
