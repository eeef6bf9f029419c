import type { Secret } from '@flixtube/chassis/config';
import { newId } from '@flixtube/chassis/ids';
import { viewerId } from '@flixtube/contracts/ids';
import { errors, jwtVerify, SignJWT } from 'jose';
import { type Viewers, viewerLifetimeSeconds } from '../domain/viewers.ts';

const audience = 'flixtube-viewer';

/** {@link Viewers} whose pass is a JWT signed with HMAC-SHA-256 (RFC 7519): nothing is kept on the server. */
export function createSignedViewers(options: { secret: Secret; now?: () => Date }): Viewers {
  const key = new TextEncoder().encode(options.secret.reveal());
  const now = options.now ?? (() => new Date());
  return {
    newViewer: newId,

    async pass(viewer) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(viewer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + viewerLifetimeSeconds)
        .sign(key);
    },

    async recognise(pass) {
      try {
        const { payload } = await jwtVerify(pass, key, {
          algorithms: ['HS256'],
          audience,
          requiredClaims: ['sub', 'iat', 'exp'],
          currentDate: now(),
        });
        const id = viewerId.safeParse(payload.sub);
        if (!id.success) return undefined;
        return { viewerId: id.data, ageSeconds: now().getTime() / 1000 - (payload.iat as number) };
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
