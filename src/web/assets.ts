import { existsSync } from 'node:fs'
import path from 'node:path'
import express, { type RequestHandler } from 'express'

/** The types of what the bundler packs. */
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Bundled files end in this when packed: beside the file itself, made with it. */
const packedEnding = '.gz'

/**
 * The dashboard's scripts, styles and pictures from a folder that may change. They are named by their content, so a browser
 * may keep them; it gets them packed where it takes that. A missing one is not answered with a page.
 */
export function assets(folder: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const root = folder()
    if (!root) return next()
    const type = types[path.extname(request.path)]
    const isPacked =
      type !== undefined &&
      request.acceptsEncodings('gzip') === 'gzip' &&
      existsSync(path.join(root, 'assets', path.basename(request.path) + packedEnding))
    if (isPacked) {
      request.url = `/${path.basename(request.path)}${packedEnding}`
      response.set({ 'content-encoding': 'gzip', 'content-type': type })
    }
    response.vary('accept-encoding')
    express.static(path.join(root, 'assets'), { immutable: true, maxAge: '1y', index: false })(
      request,
      response,
      (error?: unknown) => {
        response.removeHeader('content-encoding')
        next(error)
      },
    )
  }
}
