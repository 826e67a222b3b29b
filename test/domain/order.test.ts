import { expect, test } from 'vitest'
import { closeReasons, isCloseReason } from '#src/domain/close-reason.ts'
import {
  isEnded,
  isLateTruth,
  isOrderSlot,
  legalTransition,
  levelSlot,
  orderStates,
} from '#src/domain/order.ts'
import { legalPositionTransition } from '#src/domain/position.ts'

test('nothing leaves filled or abandoned, and nothing but a claim reaches submitting', () => {
  for (const state of orderStates) {
    expect(legalTransition('filled', state)).toBe(false)
    expect(legalTransition('abandoned', state)).toBe(false)
    expect(legalTransition(state, 'submitting')).toBe(state === 'planned')
  }
})

test('what was sent is never abandoned, and a timeout has no edge of its own', () => {
  for (const state of orderStates) expect(legalTransition(state, 'abandoned')).toBe(state === 'planned')
  expect(legalTransition('unknown', 'planned')).toBe(false)
  expect(legalTransition('unknown', 'submitting')).toBe(false)
})

test('late truth is legal out of an ending, and only there', () => {
  for (const from of ['not_at_venue', 'canceled', 'rejected', 'manual'] as const)
    for (const to of ['open', 'partially_filled', 'filled'] as const) expect(isLateTruth(from, to)).toBe(true)
  expect(isLateTruth('open', 'filled')).toBe(false)
  expect(isEnded('unknown')).toBe(false)
})

test('slots are the registered ones', () => {
  for (const slot of ['entry', 'tp:1', 'tp:3', 'close', 'stop:12', 'reduce:1'])
    expect(isOrderSlot(slot)).toBe(true)
  for (const slot of ['tp:4', 'stop:', 'stop:x', 'closed', '']) expect(isOrderSlot(slot)).toBe(false)
  expect(levelSlot(2)).toBe('tp:2')
  expect(() => levelSlot(4)).toThrow(RangeError)
})

test('a void entry may come back, a closed position never', () => {
  expect(legalPositionTransition('void', 'opening')).toBe(true)
  expect(legalPositionTransition('void', 'stray')).toBe(true)
  expect(legalPositionTransition('closed', 'open')).toBe(false)
})

test('close reasons are the registered ones', () => {
  expect(closeReasons).toHaveLength(15)
  expect(isCloseReason('smart_exit:momentum_fade')).toBe(true)
  expect(isCloseReason('smart_exit')).toBe(false)
})
