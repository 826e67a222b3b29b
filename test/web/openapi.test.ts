import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiOf } from '#src/web/api/openapi.ts'
import { apiRoutes } from '#src/web/api/routes.ts'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { type TestWeb, testKeys, testWeb } from '../support/web.ts'

let web: TestWeb
const routes = apiRoutes({ queues: [], keys: testKeys, enqueue: async () => {} })

beforeAll(async () => {
  web = await testWeb()
})

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

async function served(): Promise<Document> {
  const response = await fetch(`${web.origin}/api/openapi.json`)
  expect(response.headers.get('content-type')).toContain('application/json')
  return (await response.json()) as Document
}

test('the document is served to everybody, and is the one of the routes', async () => {
  const document = await served()
  expect(document.openapi).toBe('3.1.1')
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiOf(routes))))
})

test('every route is in it once, with its parameters and what may be refused', async () => {
  const { paths } = await served()
  const written = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  const meant = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect(written.sort()).toEqual([...meant, 'get /events'].sort())
  for (const [path, methods] of Object.entries(paths))
    for (const operation of Object.values(methods)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path')
      expect(declared.map(({ name }) => name)).toEqual(inPath)
      expect(declared.every(({ required }) => required)).toBe(true)
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '429']))
    }
})

test('no operation is called like another', async () => {
  const { paths } = await served()
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('every reference leads somewhere, and every component is referred to', async () => {
  const document = await served()
  const text = JSON.stringify(document)
  const refs = new Set([...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, ref]) => ref))
  const components = Object.entries(document.components)
    .filter(([kind]) => kind !== 'securitySchemes')
    .flatMap(([kind, own]) => Object.keys(own).map((name) => `${kind}/${name}`))
  expect([...refs].sort()).toEqual(components.sort())
})

describe.skipIf(!hasBrowser)('the page to read it', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('shows the operations, asks nobody else and breaks no rule of its own', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(web.origin) && !request.url().startsWith('data:'))
        elsewhere.push(request.url())
    })
    await page.goto(`${web.origin}/api/docs`)
    await page.getByText('Closes a position at the market').waitFor()
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
    await page.close()
  })
})
