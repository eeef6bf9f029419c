import { Router } from 'express';
import { DomainError } from '../errors.ts';
import { sendProblem } from '../http/problem.ts';
import { route } from '../http/route.ts';

export interface CheckResult {
  ok: boolean;
  /** What is missing, for a person; only when not ok. */
  detail?: string;
}

export interface HealthReport {
  ready: boolean;
  /** By the resource's name. */
  checks: Record<string, CheckResult>;
}

/** Whether a service can do its work, found out when someone asks. */
export interface Health {
  report(): Promise<HealthReport>;
}

/** GET /health/live: 200 while the process answers. GET /health/ready: 200, or 503 with what is missing. */
export function healthRouter(health: Health): Router {
  const router = Router();
  route(router, '/health/live', {
    GET: (_req, res) => {
      res.json({ status: 'alive' });
    },
  });
  route(router, '/health/ready', {
    GET: async (req, res) => {
      const { ready, checks } = await health.report();
      if (ready) {
        res.json({ status: 'ready', checks });
        return;
      }
      const missing = Object.keys(checks).filter((name) => checks[name]?.ok === false);
      const detail = missing.length > 0 ? `Not ready: ${missing.join(', ')}.` : 'Not ready: it is stopping.';
      sendProblem(req, res, new DomainError('unavailable', detail, { retryAfterSeconds: 1 }), { checks });
    },
  });
  return router;
}
