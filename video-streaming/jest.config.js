import { withBackends } from '../jest.preset.js';

export default withBackends('rabbitmq');
