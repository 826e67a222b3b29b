import { expect, test } from 'vitest'
import { isOwnOrigin } from '#src/web/same-origin.ts'

test.each([
  {
    why: 'another site',
    origin: 'https://evil.test',
    host: 'bullpen.test',
    publicUrl: undefined,
    isOwn: false,
  },
  {
    why: 'the same name on another port',
    origin: 'http://bullpen.test:81',
    host: 'bullpen.test',
    publicUrl: undefined,
    isOwn: false,
  },
  { why: 'an opaque origin', origin: 'null', host: 'bullpen.test', publicUrl: undefined, isOwn: false },
  {
    why: 'a host that only starts like ours',
    origin: 'https://bullpen.test.evil.test',
    host: 'bullpen.test',
    publicUrl: undefined,
    isOwn: false,
  },
  { why: 'no host', origin: 'https://bullpen.test', host: undefined, publicUrl: undefined, isOwn: false },
  {
    why: 'another host than the configured one',
    origin: 'http://10.0.0.5:3000',
    host: '10.0.0.5:3000',
    publicUrl: 'https://bullpen.test',
    isOwn: false,
  },
  {
    why: 'plain http beside configured https',
    origin: 'http://bullpen.test',
    host: 'bullpen.test',
    publicUrl: 'https://bullpen.test',
    isOwn: false,
  },
  {
    why: 'the host that was asked',
    origin: 'http://10.0.0.5:3000',
    host: '10.0.0.5:3000',
    publicUrl: undefined,
    isOwn: true,
  },
  {
    why: 'the configured address behind a proxy',
    origin: 'https://bullpen.test',
    host: 'internal:3000',
    publicUrl: 'https://bullpen.test/app',
    isOwn: true,
  },
])('$why: $isOwn', ({ origin, host, publicUrl, isOwn }) => {
  expect(isOwnOrigin(origin, host, publicUrl)).toBe(isOwn)
})
