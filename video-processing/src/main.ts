import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createVideoProcessing } from './wiring.ts';

await runService(() => createVideoProcessing(readConfig(process.env)));
