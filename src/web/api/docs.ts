import { fileURLToPath } from 'node:url'
import { type RequestHandler, Router } from 'express'
import { openApiOf } from './openapi.ts'
import type { Route } from './route.ts'

/** The API's document and a page to read and try it; nothing of it comes from elsewhere. Open to everybody: it holds no secret. */
export function apiDocs(routes: readonly Route[]): Router {
  const router = Router()
  let document: string | undefined
  router.get('/api/openapi.json', (_request, response) => {
    document ??= JSON.stringify(openApiOf(routes))
    response.type('application/json').set('cache-control', 'public, max-age=60').send(document)
  })
  router.get('/api/docs', (_request, response) => void response.type('html').send(page))
  router.get('/api/docs/init.js', (_request, response) => void response.type('js').send(init))
  router.get('/api/docs/swagger-ui.css', asset('swagger-ui.css'))
  router.get('/api/docs/swagger-ui-bundle.js', asset('swagger-ui-bundle.js'))
  return router
}

function asset(name: string): RequestHandler {
  const file = fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))
  return (_request, response) => response.sendFile(file, { maxAge: '1h' })
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Bullpen</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/init.js"></script>
</body>
</html>`

/** The validator would send the document to a server of somebody else's. */
const init = `window.SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
})
`
