import type { Request, RequestHandler } from 'express'
import { Problem } from './problem.ts'
import { bearerOf } from './sign-in/bearer.ts'

/**
 * Whether an Origin is the site's own: the public address when one is configured, else the host that was asked for
 * (a browser cannot be made to send another site's host together with this site's cookies).
 */
export function isOwnOrigin(
  origin: string,
  host: string | undefined,
  publicUrl: string | undefined,
): boolean {
  const url = URL.parse(origin)
  if (!url) return false
  return publicUrl === undefined ? url.host === host : url.origin === URL.parse(publicUrl)?.origin
}

/** Refuses requests that change something and that another site made a browser send. */
export function refuseCrossSite(publicUrl: string | undefined): RequestHandler {
  return (request, _response, next) => next(isSafe(request, publicUrl) ? undefined : crossSite())
}

function isSafe(request: Request, publicUrl: string | undefined): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return true
  // A page of another site cannot make a browser send a token without asking us first, and we never allow it; beside a token
  // no cookie counts. Other schemes are sent by a browser itself.
  if (bearerOf(request) !== undefined) return true
  // Browsers on https and localhost say where a request comes from and pages cannot forge it; elsewhere Origin decides.
  const site = request.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.get('origin')
  return origin !== undefined && isOwnOrigin(origin, request.get('host'), publicUrl)
}

function crossSite(): Problem {
  return new Problem(403, 'cross-site', 'The request did not come from this site.', {
    advice: 'Send it from the dashboard; a program sends an Origin header with the address it talks to.',
  })
}
