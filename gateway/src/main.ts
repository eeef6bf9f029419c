import { runService } from '@flixtube/chassis/service';
import { readConfig } from './config.ts';
import { createGateway } from './wiring.ts';

await runService(() => createGateway(readConfig(process.env)));
