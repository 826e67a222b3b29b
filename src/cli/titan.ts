import { createServer } from 'node:http'
import { type Command, InvalidArgumentError } from 'commander'
import { messageOf, UserError } from '../errors.ts'
import { aborted, stopSignal } from '../supervisor/stop-signal.ts'

interface Options {
  readonly port: number
  readonly host: string
}

/** `bullpen titan`: a reference titan, which answers the HTTP contract of TITAN_URL from the model of TITAN_MODEL. */
export function titan(program: Command): void {
  program
    .command('titan')
    .description('serve titan from the language model of TITAN_MODEL; TITAN_KEY is the token it asks for')
    .option('--port <port>', 'where it listens; 0 for a free one', portOf, 4100)
    .option('--host <host>', 'on which address; beyond this machine only with TITAN_KEY', '127.0.0.1')
    .action(serve)
}

async function serve({ port, host }: Options): Promise<void> {
  const { readConfig, secretsOf } = await import('../config.ts')
  const { createLog } = await import('../log.ts')
  const { memoryPurse } = await import('../signals/titan/cost.ts')
  const { budgetOf, titanOfModel } = await import('../signals/titan/open.ts')
  const { titanServer } = await import('../signals/titan/server.ts')
  const config = readConfig()
  const { titanModel, titanKey } = config
  if (titanModel === undefined)
    throw new UserError(
      'TITAN_MODEL says which model answers: openai:<model>, anthropic:<model> or ollama:<model>',
    )
  if (titanKey === undefined && !['127.0.0.1', '::1', 'localhost'].includes(host))
    throw new UserError(
      `--host ${host} lets others ask at your cost: set TITAN_KEY, which they must then send`,
    )
  const log = createLog({ level: config.logLevel, role: 'titan', secrets: secretsOf(config) })
  const provider = await titanOfModel(config, memoryPurse(budgetOf(config), Date.now))
  const server = createServer(
    titanServer({
      provider,
      key: titanKey,
      onAnswered: (answered) => log[answered.status === 200 ? 'info' : 'warn'](answered, 'a question'),
    }),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UserError(`--port ${port} on ${host} cannot be listened on: ${messageOf(error)}`, {
          cause: error,
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const url = `http://${host}:${typeof address === 'object' && address ? address.port : port}/`
  log.info({ url, model: titanModel }, 'titan listens: this is TITAN_URL for the workers')
  await aborted(stopSignal())
  server.closeAllConnections()
  server.close()
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('It is a whole number from 0 to 65535.')
  return port
}
