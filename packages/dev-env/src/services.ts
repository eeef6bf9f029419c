export const serviceNames = [
  'gateway',
  'metadata',
  'video-upload',
  'video-storage',
  'video-streaming',
  'history',
  'video-processing',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The TCP ports of a whole system on this machine. */
export interface SystemPorts extends Record<ServiceName, number> {
  rabbitmq: number;
  rabbitmqManagement: number;
  /** Where RabbitMQ tells its metrics; nowhere, when it is left out. */
  rabbitmqPrometheus?: number;
  mongodb: number;
  azurite: number;
}

/** The ports that belong to a first one, the gateway's: the documented ones belong to 4000. */
export function portsFrom(first: number): SystemPorts {
  return {
    gateway: first,
    metadata: first + 1,
    'video-upload': first + 2,
    'video-storage': first + 3,
    'video-streaming': first + 4,
    history: first + 5,
    'video-processing': first + 6,
    rabbitmq: first + 100,
    rabbitmqManagement: first + 101,
    mongodb: first + 110,
    azurite: first + 120,
  };
}

/** What a service finds in its environment, all of it but secrets and backends. */
export function environmentOf(name: ServiceName, ports: SystemPorts): Record<string, string> {
  const at = (neighbour: ServiceName) => `http://127.0.0.1:${ports[neighbour]}`;
  const neighbours: Record<ServiceName, Record<string, string>> = {
    gateway: {
      METADATA_URL: at('metadata'),
      VIDEO_UPLOAD_URL: at('video-upload'),
      VIDEO_STREAMING_URL: at('video-streaming'),
      HISTORY_URL: at('history'),
      DELIVERY_ORIGIN: `http://127.0.0.1:${ports.azurite}`,
    },
    metadata: {},
    'video-upload': { VIDEO_STORAGE_URL: at('video-storage'), METADATA_URL: at('metadata') },
    // As a person may have written it: both are this machine.
    'video-storage': {
      VIEWER_ORIGINS: `http://127.0.0.1:${ports.gateway},http://localhost:${ports.gateway}`,
    },
    'video-streaming': { VIDEO_STORAGE_URL: at('video-storage'), METADATA_URL: at('metadata') },
    history: { METADATA_URL: at('metadata') },
    'video-processing': { VIDEO_STORAGE_URL: at('video-storage') },
  };
  return { HOST: '127.0.0.1', PORT: String(ports[name]), ...neighbours[name] };
}
