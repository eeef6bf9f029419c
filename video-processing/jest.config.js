import { withBackends } from '../jest.preset.js';

export default withBackends('mongodb', 'rabbitmq', 'ffmpeg');
