import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createMetadata } from './wiring.ts';

await runService(() => createMetadata(readConfig(process.env)));
