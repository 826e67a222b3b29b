import { z } from 'zod'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import { lockSettings, readSettings, saveSettings } from '#db/trading-settings.ts'
import { profileSettings } from '../../domain/profiles.ts'
import { settingFields } from '../../domain/setting-fields.ts'
import { warningsOf } from '../../domain/setting-warnings.ts'
import { type UserSettingsPatch, userSettings, userSettingsPatch } from '../../domain/settings.ts'
import { mergeSettings } from '../../domain/trading-settings.ts'
import { Problem } from '../problem.ts'
import type { SignedIn } from '../sign-in.ts'
import { route } from './route.ts'
import { settingsPlace, settingsQuery } from './settings-place.ts'

export const settingWarning = z.object({ setting: z.string(), text: z.string() })

const settingsAnswer = z
  .object({
    /** The account whose own settings these are; null for the user's, which hold for every account. */
    account: z.uuid().nullable(),
    /** Which edit of this layer it is: sent back with a change. */
    version: z.int(),
    /** What this layer sets. */
    own: userSettingsPatch,
    /** What would hold where this layer sets nothing. */
    inherited: userSettings,
    /** What holds now. */
    effective: userSettings,
    warnings: z.array(settingWarning),
  })
  .meta({ id: 'Settings' })
export type Settings = z.infer<typeof settingsAnswer>

/** The caller's settings, or one account's over them. */
export const getSettings = route({
  method: 'get',
  path: '/settings',
  summary: 'Settings of the caller, or of one account over them: what is set, inherited and in force.',
  query: settingsQuery,
  answer: settingsAnswer,
  handle: async ({ db, user, query }) => readAnswer(db, user, query.account),
})

const field = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  unit: z.string().optional(),
  type: z.enum(['number', 'integer', 'boolean', 'choice', 'other']),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  choices: z.array(z.string()).readonly().optional(),
  canBeOff: z.boolean(),
})
const form = z.object({
  fields: z.array(field),
  /** What each profile sets, on spot. */
  profiles: z.object({ ase: userSettings, pro: userSettings }),
})
export type SettingsForm = z.infer<typeof form>

/** What a form of the settings is drawn from. */
export const getSettingsForm = route({
  method: 'get',
  path: '/settings/form',
  summary: 'Every setting with its words, unit and bounds, and what each profile sets.',
  answer: form,
  async handle() {
    const profiles = { ase: profileSettings('ase', 'spot'), pro: profileSettings('pro', 'spot') }
    return { fields: settingFields(), profiles }
  },
})

const version = z
  .int('must be the version of the settings as they were read')
  .min(0, 'must be the version of the settings as they were read')

/** Replaces the whole layer. */
export const putSettings = route({
  method: 'put',
  path: '/settings',
  summary: 'Replaces the settings of the caller, or of one account; what is left out is inherited.',
  query: settingsQuery,
  body: z.strictObject({ version, settings: userSettingsPatch }),
  answer: settingsAnswer,
  handle: async ({ db, user, query, body }) =>
    change(db, user, { ...query, version: body.version, edit: () => body.settings }),
})

/** What a change of a layer is made of. */
export const settingsEdit = z.strictObject(
  {
    set: userSettingsPatch.default({}),
    unset: z
      .array(z.string().max(100), 'must be a list of names of settings')
      .max(200, 'must be at most 200 names')
      .default([])
      .meta({ description: 'Names of settings to inherit again, such as portfolio_limits.asset_pct.' }),
  },
  'must be an object with set or unset',
)

/** Changes some settings of the layer and leaves the others. */
export const patchSettings = route({
  method: 'patch',
  path: '/settings',
  summary:
    'Changes some settings of the caller, or of one account; null switches one off, unset inherits it.',
  query: settingsQuery,
  body: settingsEdit.extend({ version }),
  answer: settingsAnswer,
  handle: async ({ db, user, query, body }) =>
    change(db, user, { ...query, version: body.version, edit: (own) => edited(own, body) }),
})

/** A layer with some settings set and others inherited again; groups are changed setting by setting. */
export function edited(
  own: UserSettingsPatch,
  { set, unset }: { readonly set: UserSettingsPatch; readonly unset: readonly string[] },
): UserSettingsPatch {
  const next: Record<string, unknown> = { ...own }
  for (const [name, value] of Object.entries(set))
    next[name] = isGroup(value) ? { ...(next[name] as object | undefined), ...value } : value
  for (const name of unset) {
    const [group = '', one] = name.split('.')
    if (!Object.hasOwn(userSettings.shape, group))
      throw new Problem(400, 'invalid-request', `unset: there is no setting ${group}`, {
        advice: 'Ask /api/v1/settings/form for their names.',
      })
    const { [one ?? '']: _, ...rest } = (one === undefined ? {} : (next[group] ?? {})) as Record<
      string,
      unknown
    >
    if (Object.keys(rest).length > 0) next[group] = rest
    else delete next[group]
  }
  return userSettingsPatch.parse(next)
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Change {
  readonly account?: string | undefined
  readonly version: number
  edit(own: UserSettingsPatch): UserSettingsPatch
}

async function change(db: Db, user: SignedIn, { account, version, edit }: Change): Promise<Settings> {
  const before = await lockSettings(db, user.id, account ?? null)
  if (before.version !== version) throw changedMeanwhile()
  const next = edit(before.settings)
  const difference = differenceOf(before.settings, next)
  if (difference) {
    if ((await saveSettings(db, user.id, account ?? null, next, version)) === undefined)
      throw changedMeanwhile()
    await recordAudit(db, {
      userId: user.id,
      actor: user.email,
      action: 'settings.change',
      target: account ?? user.id,
      details: difference,
    })
  }
  return readAnswer(db, user, account)
}

/** What a change does, setting by setting; a setting that is absent on one side is inherited there. */
function differenceOf(before: UserSettingsPatch, after: UserSettingsPatch) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof UserSettingsPatch)[]
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  if (changed.length === 0) return undefined
  const only = (of: UserSettingsPatch) =>
    Object.fromEntries(changed.filter((name) => of[name] !== undefined).map((name) => [name, of[name]]))
  return { from: only(before), to: only(after) }
}

async function readAnswer(db: Db, user: SignedIn, account?: string): Promise<Settings> {
  const { settings: own, version } = await readSettings(db, user.id, account ?? null)
  const place = await settingsPlace(db, user.id, account)
  const effective = mergeSettings(place)
  const inherited =
    account === undefined ? mergeSettings({ ...place, user: {} }) : mergeSettings({ ...place, account: {} })
  return { account: account ?? null, version, own, inherited, effective, warnings: warningsOf(effective) }
}

function changedMeanwhile(): Problem {
  return new Problem(409, 'changed-meanwhile', 'The settings have changed since they were read.', {
    advice: 'Read them again, look at what has changed, and send your change with the new version.',
  })
}
