import { withBackends } from '../jest.preset.js';

export default withBackends('azurite', 'rabbitmq');
