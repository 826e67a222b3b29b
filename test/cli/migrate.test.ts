import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, expect, inject, test } from 'vitest'
import { commandLine } from '../support/command.ts'

const name = `test_${randomUUID().replaceAll('-', '')}`
const url = new URL(inject('postgresUrl'))
const admin = new pg.Pool({ connectionString: url.href, max: 1 })
url.pathname = `/${name}`
const bare = commandLine({ DATABASE_URL: url.href, SECRET_KEY: 'k'.repeat(32) })
afterAll(async () => {
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.end()
})

test('commands on a database without tables say what to do, migrate makes them, and again changes nothing', async () => {
  await admin.query(`create database ${name}`)
  const early = [
    ['user', 'list'],
    ['halt', 'list'],
    ['account', 'list'],
  ].map((command) => bare(command))
  for (const finished of await Promise.all(early))
    expect(finished).toEqual({
      code: 1,
      stdout: '',
      stderr: 'the database is not up to date: npx bullpen migrate\n',
    })
  const first = await bare(['migrate'])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(
    first.stdout
      .trim()
      .split('\n')
      .every((line) => /^applied \d{8}T\d{4}_\w+$/.test(line)),
  ).toBe(true)
  expect(await bare(['migrate'])).toEqual({ code: 0, stdout: 'The schema is up to date.\n', stderr: '' })
  expect(await bare(['user', 'list'])).toEqual({
    code: 0,
    stdout: 'Nobody yet: npx bullpen user add you@example.com --role admin\n',
    stderr: '',
  })
})
