import { expect, test } from 'vitest'
import { behaviours } from './behaviours/index.ts'
import { nameOf, places } from './place.ts'

const mark = /^\[[VD]\] \S.{10,}/

test('the suite has its forty behaviours, each under a name of its own', () => {
  expect(behaviours.length).toBeGreaterThanOrEqual(40)
  expect(new Set(behaviours.map(({ name }) => name)).size).toBe(behaviours.length)
})

test('a difference between venues rests on a fact that was verified or that the venue documents', () => {
  for (const { lacks, reusesIds } of places)
    for (const fact of [...Object.values(lacks), reusesIds.fact]) expect(fact).toMatch(mark)
  for (const { elsewhere = {} } of behaviours)
    for (const [place, { fact }] of Object.entries(elsewhere)) {
      expect(places.map(nameOf)).toContain(place)
      expect(fact).toMatch(mark)
    }
})
