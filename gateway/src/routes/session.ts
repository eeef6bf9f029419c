import { viewerOf } from '@flixtube/chassis/identity';
import type { Session } from '@flixtube/contracts/http/session';
import type { RequestHandler } from 'express';

/** GET /api/session: who is calling. There are no accounts yet, so no one is a user. */
export const getSession: RequestHandler = (req, res) => {
  const session: Session = { viewerId: viewerOf(req), user: null };
  res.json(session);
};
