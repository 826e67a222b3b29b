import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { connect } from '#db/client.ts'
import { environment } from '../config.ts'
import type { Addresses } from '../database/embedded.ts'
import { loopbackPort } from '../supervisor/port.ts'
import { createUser } from '../web/sign-in.ts'
import { ended } from './ground.ts'

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/** Who looks at the page. */
export const reader = { name: 'Bench', email: 'live@example.test', password: 'a password of the bench' }

/** Makes the reader with so many open positions of one account, each watched. */
export async function seedReader(url: string, positions: number): Promise<void> {
  const db = connect(url, 'bullpen_app')
  const userId = await createUser(db, { ...reader, role: 'user' }).finally(() => db.destroy())
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      `with account as (
         insert into accounts (user_id, name, exchange, market, mode, quote)
         values ($1, 'live', 'binance', 'futures', 'paper', 'USDT') returning id
       ), opened as (
         insert into positions (user_id, account_id, source, symbol, side, state, qty_open, qty_entered, entry_price,
           stop_loss, take_profit, opened_at)
         select $1, account.id, 'smart_entry', 'S' || i || '/USDT', case when i % 3 = 0 then 'short' else 'long' end, 'open',
           1, 1, 100, case when i % 3 = 0 then 104 else 96 end, case when i % 3 = 0 then 92 else 108 end, now()
         from account, generate_series(1, $2::int) as i
         returning id, user_id, stop_loss, take_profit
       )
       insert into monitored_positions (position_id, user_id, shard, entry_price, best_price, stop_loss, take_profit, rules,
         last_price, evaluated_at)
       select id, user_id, 0, 100, 100, stop_loss, take_profit, '{}', 100, now() from opened`,
      [userId, positions],
    )
  } finally {
    await client.end()
  }
}

/** Moves so many prices each second until it is ended. */
export function movePrices(url: string, perSecond: number): AsyncDisposable {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const timer = setInterval(() => {
    void pool
      .query(
        `update monitored_positions set last_price = round((100 + 6 * (random() - 0.5))::numeric, 2), evaluated_at = now()
         where position_id in (select position_id from monitored_positions order by random() limit $1)`,
        [Math.round(perSecond / 10)],
      )
      .catch(() => undefined)
  }, 100)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await pool.end()
    },
  }
}

/** `bullpen web` on the stores of the bench, ended with what holds it. */
export async function startWeb(
  folder: string,
  { url, queueUrl }: Addresses,
): Promise<AsyncDisposable & { origin: string }> {
  const port = await loopbackPort(3_970)
  const { PATH, HOME, TMPDIR, LANG } = environment(folder)
  const program = spawn(process.execPath, [cli, 'web'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH,
      HOME,
      TMPDIR,
      LANG,
      BULLPEN_HOME: join(folder, 'home'),
      PORT: `${port}`,
      BULLPEN_DATABASE_URL: url,
      BULLPEN_QUEUE_URL: queueUrl,
      SECRET_KEY: 's'.repeat(32),
      LOG_LEVEL: 'error',
    },
  })
  const origin = `http://127.0.0.1:${port}`
  await untilServed(`${origin}/sign-in`)
  return { origin, [Symbol.asyncDispose]: () => ended(program, 'SIGTERM') }
}

/** The first start builds the dashboard. */
async function untilServed(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 100) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    await sleep(100)
  }
  throw new Error(`${url} did not answer 200 within 120 s`)
}
