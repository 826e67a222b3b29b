import { expect } from 'vitest'
import type { Behaviour } from '../behaviour.ts'
import { isRefused } from './refusals.ts'

export const keys: readonly Behaviour[] = [
  {
    name: 'an order signed with a wrong secret is refused as an invalid key',
    async run(stage) {
      await stage.reseal({ secret: Buffer.from('not the secret of this key').toString('base64') })
      await isRefused(stage, {}, 'invalid-key')
    },
  },
  {
    name: 'a key that the venue has never given out is refused as invalid',
    async run(stage) {
      await stage.reseal({ apiKey: 'a-key-that-nobody-was-given' })
      await isRefused(stage, {}, 'invalid-key')
    },
  },
  {
    name: 'a key that was taken away is refused as invalid, also after it has worked',
    async run(stage) {
      const venue = await stage.venue()
      await venue.balances()
      stage.simulator.hand({ apiKey: stage.apiKey, do: 'revoke-key' })
      await isRefused(stage, {}, 'invalid-key')
      await expect(venue.openOrders(stage.symbol)).rejects.toMatchObject({ code: 'invalid-key' })
    },
  },
  {
    name: 'a key that may trade and not withdraw is told as such',
    async run(stage) {
      const venue = await stage.venue()
      expect(await venue.keyPermissions()).toMatchObject({ canTrade: true, canWithdraw: false })
    },
  },
  {
    name: 'a key that may withdraw is told as such',
    settings: { enableWithdrawals: 'true' },
    async run(stage) {
      const venue = await stage.venue()
      expect(await venue.keyPermissions()).toMatchObject({ canWithdraw: true })
    },
  },
]
