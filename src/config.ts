import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { exchanges, markets } from './domain/market.ts'
import { refusedSources } from './domain/signal.ts'
import { parseDotenv } from './dotenv.ts'
import { messageOf, systemCode, UserError } from './errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the market data of paper accounts comes from. Replay files are absolute paths of .csv or .csv.gz files. */
export type MarketData =
  | { readonly kind: 'synthetic' }
  | { readonly kind: 'replay'; readonly files: readonly string[] }
  | { readonly kind: 'live' }

const path = z.string().transform((value) => resolve(value))
const oneOf = <T extends string>(values: readonly T[]) =>
  z.enum(values, `must be one of ${values.join(', ')}`)
const flag = z.stringbool('must be true or false')
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

function address(...protocols: string[]) {
  const rule = `must be an address that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`
  return z.string().refine((value) => protocols.includes(URL.parse(value)?.protocol.slice(0, -1) ?? ''), rule)
}

function number(from: number, to: number, unit = '') {
  const rule = `must be a number from ${from} to ${to}${unit}`
  return z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, rule)
    .transform(Number)
    .pipe(z.number().min(from, rule).max(to, rule))
}

function whole(from: number, to: number, unit = '') {
  const rule = `must be a whole number from ${from} to ${to}${unit}`
  return z
    .string()
    .regex(/^-?\d+$/, rule)
    .transform(Number)
    .pipe(z.number().min(from, rule).max(to, rule))
}

const marketData = z.string().transform((value, context): MarketData => {
  if (value === 'synthetic' || value === 'live') return { kind: value }
  const files = value.startsWith('replay:') ? value.slice('replay:'.length).split(',').filter(Boolean) : []
  if (files.length > 0 && files.every((file) => /\.csv(\.gz)?$/.test(file)))
    return { kind: 'replay', files: files.map((file) => resolve(file)) }
  context.addIssue('must be synthetic, live or replay:<file.csv[.gz]>,…')
  return z.NEVER
})

const modelPrice = z
  .string()
  .regex(
    /^\d+(\.\d+)?\/\d+(\.\d+)?$/,
    'must be two prices such as 3/15: US dollars per million tokens in and out',
  )
  .transform((value) => {
    const [input = 0, output = 0] = value.split('/').map(Number)
    return { input, output }
  })

const trustProxy = z.string().transform((value): boolean | number | string => {
  if (/^(false|no|off|0)$/.test(value)) return false
  if (/^(true|yes|on)$/.test(value)) return 1 // one proxy in front: believing every hop would let callers invent their address
  return /^\d+$/.test(value) ? Number(value) : value
})

/**
 * Every variable of the environment. A key is the variable's name in camel case: `redisUrl` is REDIS_URL.
 * An empty variable counts as absent.
 */
export const schema = z.object({
  /** Postgres of one's own; without it an embedded PostgreSQL is kept in `bullpenHome`. */
  databaseUrl: address('postgres', 'postgresql').optional(),
  redisUrl: address('redis', 'rediss').optional(),
  /** Seals API keys; embedded installations keep one in `bullpenHome`/secret.key (see home/secret-key.ts). */
  secretKey: z
    .string()
    .refine((value) => Buffer.byteLength(value) >= 32, 'must have at least 32 bytes')
    .optional(),
  /** The keys that SECRET_KEY replaced, newest first: they open and recognise what was made under them, and seal nothing. */
  secretKeyPrevious: list
    .refine(
      (keys) => keys.every((value) => Buffer.byteLength(value) >= 32),
      'must be keys of at least 32 bytes each, separated by commas, with none in a key',
    )
    .prefault(''),
  bullpenHome: path.prefault('.bullpen'),
  port: whole(1, 65_535).prefault('3000'),
  publicUrl: address('http', 'https').optional(),
  metricsPort: whole(1, 65_535).optional(),
  logLevel: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  signup: oneOf(['invite', 'open']).default('invite'),

  smtpUrl: address('smtp', 'smtps').optional(),
  alertEmailFrom: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+$|<[^@\s]+@[^@\s]+>$/, 'must be an e-mail address')
    .optional(),
  telegramBotToken: z
    .string()
    .regex(/^\d+:[\w-]+$/, 'must look like 123456:ABC-def')
    .optional(),
  telegramChatId: z
    .string()
    .regex(/^(-?\d+|@\w+)$/, 'must be a chat number or @channel')
    .optional(),

  titanUrl: address('http', 'https').optional(),
  titanKey: z.string().optional(),
  supabaseUrl: address('http', 'https').optional(),
  supabaseKey: z.string().optional(),
  /** The provider first: openai (or whatever speaks its protocol), anthropic or ollama. */
  titanModel: z
    .string()
    .regex(/^(openai|anthropic|ollama):\S+$/, 'must be openai:<model>, anthropic:<model> or ollama:<model>')
    .optional(),
  titanModelUrl: address('http', 'https').optional(),
  titanModelKey: z.string().optional(),
  /** US dollars for a million tokens: what goes in and what comes out. */
  titanModelPrice: modelPrice.optional(),
  titanDailyBudgetUsd: number(0, 1_000_000).optional(),
  titanDailyBudgetTokens: whole(0, 1_000_000_000_000).optional(),

  trustedSources: list
    .refine(
      (names) => !names.some((name) => refusedSources.includes(name)),
      `must not name ${refusedSources.join(', ')}`,
    )
    .prefault('titan_v3,COUNCIL_V2.0_FALLBACK,smart_entry'),
  strategiesDir: path.optional(),
  mlWeights: path.prefault('ml_weights.json'),

  marketData: marketData.prefault('synthetic'),
  marketSeed: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).prefault('1'),
  /** Market seconds per wall second; 1 unless the market data is a replay. */
  replaySpeed: number(1, 600).prefault('1'),
  demoVenues: oneOf(['binance', 'all']).default('binance'),

  metricsToken: z.string().optional(),
  /** Express's `trust proxy`: false, how many proxies stand in front, or their addresses. */
  trustProxy: trustProxy.prefault('false'),

  binanceUseTestnet: flag.default(false),
  apiKey: z.string().optional(),
  apiSecret: z.string().optional(),
  apiExchange: oneOf(exchanges).default('binance'),
  apiMarket: oneOf(markets).default('futures'),

  monitorShards: whole(1, 1024).prefault('4'),
  /** Jobs one worker process runs at the same time, per queue. */
  workerConcurrency: whole(1, 1000).prefault('10'),
  memoryLimitMb: whole(64, 1_048_576).prefault('700'),
  allowAutoReboot: flag.default(false),
  rebootCommand: z.string().optional(),
  otelExporterOtlpEndpoint: address('http', 'https').optional(),
  /** A folder of real candles, for tests alone. */
  bullpenMarketDir: path.optional(),
})

/** Set by the supervisor (or the fault harness) for its children, and by nobody else: what it has opened or chosen for them. */
const internal = z.object({
  bullpenDatabaseUrl: address('postgres', 'postgresql').optional(),
  bullpenQueueUrl: address('postgres', 'postgresql').optional(),
  bullpenSimulatorUrl: address('http').optional(),
  /**
   * `<name>:<passes>`, separated by commas: where this process is to die, with `:freeze` to stand still; given by the fault
   * harness to its workers.
   */
  bullpenCrashpoint: z
    .string()
    .regex(/^[a-z-]+:\d+(:freeze)?(,[a-z-]+:\d+(:freeze)?)*$/)
    .optional(),
})

/** The whole configuration; paths are absolute. `queueUrl` and `simulatorUrl` are set when a supervisor gave them. */
export type Config = Omit<z.infer<typeof schema>, 'publicUrl'> & {
  /** Where people reach the dashboard, without a slash at the end. */
  readonly publicUrl: string
  readonly queueUrl: string | undefined
  readonly simulatorUrl: string | undefined
  readonly crashpoint: string | undefined
}

/** A configuration whose database is open and whose keys are at hand: what every worker is given. */
export type ConnectedConfig = Config & {
  readonly databaseUrl: string
  readonly queueUrl: string
  readonly simulatorUrl: string
  readonly secretKey: string
}

const aliases = { SUPABASE_DB_URL: 'DATABASE_URL', TELEGRAM_TOKEN: 'TELEGRAM_BOT_TOKEN' } as const
const secretNames = /KEY(_PREVIOUS)?$|SECRET$|TOKEN$|^REBOOT_COMMAND$/

/** What must hold between variables, on the raw values, so that it is reported together with every other complaint. */
const together: readonly { name: string; fails(env: Environment): boolean; rule: string }[] = [
  {
    name: 'SECRET_KEY',
    fails: (env) => Boolean(env.DATABASE_URL) && !env.SECRET_KEY,
    rule: 'is required with DATABASE_URL: at least 32 bytes, for instance from `openssl rand -hex 32`',
  },
  {
    name: 'REPLAY_SPEED',
    fails: (env) => Number(env.REPLAY_SPEED ?? 1) !== 1 && !env.MARKET_DATA?.startsWith('replay:'),
    rule: 'needs MARKET_DATA=replay:<file.csv>,…: only recorded candles run faster than the clock',
  },
  {
    name: 'TITAN_MODEL_KEY',
    fails: (env) => Boolean(env.TITAN_MODEL?.startsWith('anthropic:')) && !env.TITAN_MODEL_KEY,
    rule: 'is required with TITAN_MODEL=anthropic:<model>',
  },
  {
    name: 'API_SECRET',
    fails: (env) => Boolean(env.API_KEY) && !env.API_SECRET,
    rule: 'is required with API_KEY',
  },
  {
    name: 'API_KEY',
    fails: (env) => !env.API_KEY && Boolean(env.API_SECRET),
    rule: 'is required with API_SECRET',
  },
]

/** The environment variable of a key of the configuration: `redisUrl` is REDIS_URL. */
export function variableOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/**
 * Reads the configuration from an environment.
 * @throws UserError with one line for each bad variable: its name, its value unless secret, and the rule.
 */
export function readConfig(env: Environment = environment()): Config {
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value?.trim()) given[name] = value.trim()
  for (const [alias, name] of Object.entries(aliases)) if (given[alias]) given[name] ??= given[alias]

  const complaints: string[] = []
  const complain = (name: string, rule: string) => complaints.push(`${describe(name, given[name])} ${rule}`)
  const read = <T extends z.ZodRawShape>(object: z.ZodObject<T>) => {
    const keys = Object.keys(object.shape)
    const result = object.safeParse(Object.fromEntries(keys.map((key) => [key, given[variableOf(key)]])))
    for (const issue of result.error?.issues ?? []) complain(variableOf(String(issue.path[0])), issue.message)
    return result.data
  }
  const ours = read(schema)
  const supervised = read(internal)
  for (const { name, fails, rule } of together) if (fails(given)) complain(name, rule)
  if (!ours || !supervised || complaints.length > 0) throw new UserError(complaints.join('\n'))

  return {
    ...ours,
    databaseUrl: supervised.bullpenDatabaseUrl ?? ours.databaseUrl,
    queueUrl: supervised.bullpenQueueUrl,
    simulatorUrl: supervised.bullpenSimulatorUrl,
    crashpoint: supervised.bullpenCrashpoint,
    publicUrl: (ours.publicUrl ?? `http://localhost:${ours.port}`).replace(/\/+$/, ''),
  }
}

/** A variable as it may be shown: never a secret, and of an address only its beginning, for it may carry a password. */
function describe(name: string, value: string | undefined): string {
  if (value === undefined) return name
  if (secretNames.test(name)) return `${name} (its value is not shown)`
  if (name.endsWith('_URL')) return `${name}=${/^[a-z+]+:\/\//i.exec(value)?.[0] ?? ''}…`
  const shown = value.length > 80 ? `${value.slice(0, 80)}…` : value
  // A complaint is one line, whatever the value holds.
  return `${name}=${shown.replace(/\p{Cc}|\u2028|\u2029/gu, '�')}`
}

/** The secret values of a configuration, for the log to hide wherever they turn up; of an address, its password. */
export function secretsOf(config: Config): string[] {
  const secrets: string[] = []
  for (const [key, value] of Object.entries(config)) {
    if (secretNames.test(variableOf(key))) secrets.push(...[value].flat().filter(isText))
    if (!isText(value)) continue
    const password = URL.canParse(value) ? new URL(value).password : ''
    if (password) secrets.push(password, decodeURIComponent(password))
  }
  return secrets.filter((secret) => secret.length >= 6) // hiding shorter ones would blot out ordinary words
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/**
 * The process's environment over the `.env` file of the working directory. A supervised process has its supervisor's
 * already, and does not read the file again: it may have changed since.
 * @throws UserError when the file cannot be read or has lines that are not NAME=value.
 */
export function environment(folder = process.cwd(), env: Environment = process.env): Environment {
  if (env.BULLPEN_DATABASE_URL) return env
  const file = resolve(folder, '.env')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return env
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  const { variables, problems } = parseDotenv(text)
  if (problems.length > 0) throw new UserError(problems.map((problem) => `${file}, ${problem}`).join('\n'))
  return { ...variables, ...env }
}

/** The environment of a supervised process: this one's, and what has been opened for all of them. */
export function environmentFor(config: ConnectedConfig): Record<string, string | undefined> {
  return {
    ...environment(),
    BULLPEN_DATABASE_URL: config.databaseUrl,
    BULLPEN_QUEUE_URL: config.queueUrl,
    BULLPEN_SIMULATOR_URL: config.simulatorUrl,
    SECRET_KEY: config.secretKey,
    SECRET_KEY_PREVIOUS: config.secretKeyPrevious.join(','),
    METRICS_PORT: config.metricsPort?.toString(),
  }
}

/** The environment of a command of the operator's: enough to find programs, and no secret of ours. */
export function commandEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, USER, LANG, TZ } = process.env
  return { PATH, HOME, USER, LANG, TZ }
}

/** Whether npm or npx runs this process, through a shell. */
export function isUnderNpm(): boolean {
  return process.env.npm_command !== undefined
}
