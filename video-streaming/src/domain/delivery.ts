import type { PlayableVideo } from './playable-video.ts';

/** Where an object can be read by whoever has the address, until it ends. It is a secret. */
export interface Address {
  url: string;
  expiresAt: Date;
}

/** How a viewer who may watch gets bytes without their passing through this service: by the object's own address. */
export interface Delivery {
  /** @throws DomainError 'unavailable', 'timeout', 'bad-neighbour' */
  addressOf(key: string, video: Pick<PlayableVideo, 'visibility'>): Promise<Address>;
}
