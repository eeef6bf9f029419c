import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createHistory } from './wiring.ts';

await runService(() => createHistory(readConfig(process.env)));
