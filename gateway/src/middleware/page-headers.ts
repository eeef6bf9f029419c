import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Where a page may load things from, by directive of its content security policy (CSP 3). */
export type PagePolicy = Record<string, readonly string[]>;

/** Middleware for answers that are pages: what they may load, who may frame or open them, what of the device they get. */
export function pageHeaders(policy: PagePolicy): RequestHandler {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...policy, 'object-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Said on every answer that came by https, not just on pages.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });
  return (req, res, next) => {
    res.setHeader('Permissions-Policy', unused.map((feature) => `${feature}=()`).join(', '));
    protect(req, res, next);
  };
}

const unused = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];
