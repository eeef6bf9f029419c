import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createVideoUpload } from './wiring.ts';

await runService(() => createVideoUpload(readConfig(process.env)));
