import { withBackends } from '../../jest.preset.js';

export default { ...withBackends('mongodb', 'rabbitmq', 'azurite'), testTimeout: 60_000 };
