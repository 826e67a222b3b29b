import type { RequestHandler } from 'express'
import helmet from 'helmet'

type Directives = Record<string, string[]>

const strict: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
}

// Bull Board sets a base address and styles elements inline; the font it would fetch from elsewhere stays blocked.
const bullBoard: Directives = {
  ...strict,
  'base-uri': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
}

/** Security headers for our own pages and the API: nothing inline, nothing from elsewhere, no framing. */
export function strictHeaders(isHttps: boolean): RequestHandler {
  return headers(strict, isHttps)
}

/** The same for Bull Board, with what its pages need. */
export function bullBoardHeaders(isHttps: boolean): RequestHandler {
  return headers(bullBoard, isHttps)
}

function headers(directives: Directives, isHttps: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // Over plain http the header would lock people out of other programs on the same host.
    strictTransportSecurity: isHttps,
    referrerPolicy: { policy: 'same-origin' },
  })
}
